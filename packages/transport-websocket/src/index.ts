export { secureWebsocket, websocket } from '#websocket'
export type { Certificate, SecureWebSocketOptions, WebSocketOptions } from './options.ts'
