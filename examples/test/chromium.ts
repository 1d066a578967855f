export { hasChromium, sayThatChromiumIsMissing, startChromium } from '@ts2p/browser'
