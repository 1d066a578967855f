export { hasChromium, sayThatChromiumIsMissing, startChromium } from './chromium.ts'
export { Tab } from './tab.ts'
