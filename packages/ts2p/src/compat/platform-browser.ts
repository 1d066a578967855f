import { ArgumentError } from '@ts2p/base'
import type { Transport } from '@ts2p/base'
import { secureWebsocket, websocket } from '@ts2p/transport-websocket'
import type { Encryption } from './base.ts'

/** The transport of an encryption's name: browsers have WebSockets only, and cannot listen. */
export function transportsFor(encryption: Encryption): readonly [Transport, ...Transport[]] {
  return encryption === 'SSL' || encryption === 'wss' ? [secureWebsocket()] : [websocket()]
}

/** Browsers have no TCP. @throws {ArgumentError} */
export function tcp(): Transport {
  throw new ArgumentError('transport', 'websocket() in a browser', 'tcp()')
}

/** Browsers have no TCP. @throws {ArgumentError} */
export function tls(): Transport {
  throw new ArgumentError('transport', 'secureWebsocket() in a browser', 'tls()')
}

/** Browsers do not listen. @throws {ArgumentError} */
export function selfSignedCertificate(): Promise<never> {
  return Promise.reject(new ArgumentError('certificate', 'made on Node', 'a browser'))
}

/** Browsers do not listen, and do not know their address. */
export function lanAddress(): string {
  return ''
}
