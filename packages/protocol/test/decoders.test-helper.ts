import { decodeEnvelope } from '../src/framing/envelope.ts'
import { decodePing } from '../src/framing/ping.ts'
import { decodeHandshake } from '../src/handshake/handshake.ts'
import { decodeFlood, decodePackets } from '../src/mesh/flood-message.ts'
import { decodeAcknowledgment, decodeDirect, decodeDirectContent } from '../src/mesh/direct-message.ts'
import { decodePeers } from '../src/mesh/mesh-message.ts'
import { decodeStretches, decodeWanted } from '../src/mesh/stretch-message.ts'
import { decodeCompare } from '../src/dictionary/compare-message.ts'
import { decodeNeighborMessage } from '../src/dictionary/neighbor-message.ts'
import { decodeReplicaAnswer, decodeReplicaQuestion } from '../src/dictionary/replica-message.ts'
import { decodeRecords } from '../src/dictionary/sync-message.ts'

/** Every decoder of the protocol, by the name of what it decodes. */
export const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  envelope: (bytes) => decodeEnvelope(bytes, { bytesMax: 1024 * 1024, ratioMax: 100 }),
  ping: decodePing,
  handshake: decodeHandshake,
  // Their packets are views by contract.
  flood: (bytes) => decodeFlood(Uint8Array.from(bytes)),
  packets: (bytes) => decodePackets(Uint8Array.from(bytes), 3),
  direct: (bytes) => decodeDirect(Uint8Array.from(bytes)),
  'direct-content': (bytes) => decodeDirectContent(Uint8Array.from(bytes)),
  acknowledgment: decodeAcknowledgment,
  peers: (bytes) => decodePeers(bytes, 32),
  stretches: decodeStretches,
  wanted: decodeWanted,
  records: decodeRecords,
  compare: decodeCompare,
  question: decodeReplicaQuestion,
  answer: decodeReplicaAnswer,
  neighbor: decodeNeighborMessage,
}
