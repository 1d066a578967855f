import type { Transport } from '@ts2p/base'
import { secureWebsocket, websocket } from '@ts2p/transport-websocket'
import type { Encryption } from './base.ts'

/** The transport of an encryption's name: browsers have WebSockets only, and cannot listen. */
export function transportsFor(encryption: Encryption): readonly [Transport, ...Transport[]] {
  return encryption === 'SSL' || encryption === 'wss' ? [secureWebsocket()] : [websocket()]
}
