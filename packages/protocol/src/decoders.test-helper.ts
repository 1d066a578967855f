import { decodeEnvelope } from './envelope.ts'
import { decodeHandshake } from './handshake.ts'
import { decodeFlood } from './flood-message.ts'
import { decodeDirect } from './direct-message.ts'
import { decodePeers } from './mesh-message.ts'
import { decodeStretches, decodeWanted } from './stretch-message.ts'
import { decodeCompare } from './compare-message.ts'
import { decodeNeighborMessage } from './neighbor-message.ts'
import { decodeReplicaAnswer, decodeReplicaQuestion } from './replica-message.ts'
import { decodeRecords } from './sync-message.ts'

/** Every decoder of the protocol, by the name of what it decodes. */
export const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  envelope: (bytes) => decodeEnvelope(bytes, { bytesMax: 1024 * 1024, ratioMax: 100 }),
  handshake: decodeHandshake,
  // Their packets are views by contract.
  flood: (bytes) => decodeFlood(Uint8Array.from(bytes)),
  direct: (bytes) => decodeDirect(Uint8Array.from(bytes)),
  peers: (bytes) => decodePeers(bytes, 32),
  stretches: decodeStretches,
  wanted: decodeWanted,
  records: decodeRecords,
  compare: decodeCompare,
  question: decodeReplicaQuestion,
  answer: decodeReplicaAnswer,
  neighbor: decodeNeighborMessage,
}
