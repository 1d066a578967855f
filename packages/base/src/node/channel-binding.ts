import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

const bindingBytes = 32

/**
 * Returns 32 bytes that both ends of a TLS 1.3 connection know and no other connection has: tls-exporter of RFC 9266. Returns undefined
 * for TLS 1.2, where they are safe only with an extension whose use Node does not report, and for a connection without TLS.
 */
export function channelBindingOf(socket: Socket): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return undefined
  return new Uint8Array(socket.exportKeyingMaterial(bindingBytes, 'EXPORTER-Channel-Binding', Buffer.alloc(0)))
}
