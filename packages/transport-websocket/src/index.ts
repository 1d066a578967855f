export { secureWebsocket, websocket } from '#websocket'
export type { Certificate } from '@ts2p/base'
export type { SecureWebSocketOptions, WebSocketOptions } from './options.ts'
