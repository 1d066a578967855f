export { Tab } from '@ts2p/browser'
