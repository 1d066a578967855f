import { decodeEnvelope } from './envelope.ts'
import { decodeHandshake } from './handshake.ts'
import { decodeDirect, decodeFlood, decodeOffer, decodePeers, decodeResend } from './mesh-message.ts'
import { decodeCompare } from './compare-message.ts'
import { decodeRecords } from './sync-message.ts'

/** Every decoder of the protocol, by the name of what it decodes. */
export const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  envelope: (bytes) => decodeEnvelope(bytes, { bytesMax: 1024 * 1024, ratioMax: 100 }),
  handshake: decodeHandshake,
  flood: (bytes) => decodeFlood(bytes),
  direct: decodeDirect,
  peers: (bytes) => decodePeers(bytes, 32),
  offer: decodeOffer,
  resend: decodeResend,
  records: decodeRecords,
  compare: decodeCompare,
}
