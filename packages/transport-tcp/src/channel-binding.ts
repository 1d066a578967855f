import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

const bindingBytes = 32

/**
 * What both ends of a TLS 1.3 connection know and no other has: tls-exporter of RFC 9266. Nothing for TLS 1.2, where it is
 * sound only with an extension of which Node does not say whether it was used, and nothing for plain TCP.
 */
export function channelBindingOf(socket: Socket): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return undefined
  return new Uint8Array(socket.exportKeyingMaterial(bindingBytes, 'EXPORTER-Channel-Binding', Buffer.alloc(0)))
}
