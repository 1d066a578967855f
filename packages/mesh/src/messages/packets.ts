import { ArgumentError } from '@ts2p/base'
import { bytesFromText, packetsMax } from '@ts2p/protocol'
import type { Packet } from './message.ts'

/** The packets of a message as bytes, the type first; those that are bytes are not copied. @throws {ArgumentError} One is neither text nor bytes, or they are too many. */
export function packetsToBytes(type: Packet, packets: readonly Packet[]): Uint8Array[] {
  if (!Array.isArray(packets)) throw new ArgumentError('packets', 'an array of strings and Uint8Arrays', packets)
  if (packets.length >= packetsMax) {
    throw new ArgumentError(
      'packets',
      `an array of fewer than ${packetsMax} strings and Uint8Arrays`,
      `${packets.length} of them`,
    )
  }
  return [type, ...packets].map((packet) => {
    if (typeof packet === 'string') return bytesFromText(packet)
    if (packet instanceof Uint8Array) return packet
    throw new ArgumentError('packets', 'an array of strings and Uint8Arrays', packet)
  })
}
