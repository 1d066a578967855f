import { decodeEnvelope } from '../src/framing/envelope.ts'
import { decodePing } from '../src/framing/ping.ts'
import { decodeHandshake } from '../src/handshake/handshake-message.ts'
import { decodeBroadcast, decodePackets } from '../src/mesh/broadcast-message.ts'
import { decodeAcknowledgment, decodeDirect, decodeDirectContent } from '../src/mesh/direct-message.ts'
import { decodePeers } from '../src/mesh/peer-exchange-message.ts'
import { decodeIHave, decodeIWant } from '../src/mesh/ihave-message.ts'
import { decodeReconciliation } from '../src/dictionary/reconciliation-message.ts'
import { decodeNeighborMessage } from '../src/dictionary/neighbor-message.ts'
import { decodeAcknowledgmentReply, decodeAcknowledgmentRequest } from '../src/dictionary/acknowledgment-message.ts'
import { decodeRecords } from '../src/dictionary/record-message.ts'

/** Every decoder of the protocol, by the name of what it decodes. */
export const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  envelope: (bytes) => decodeEnvelope(bytes, { bytesMax: 1024 * 1024, ratioMax: 100 }),
  ping: decodePing,
  handshake: decodeHandshake,
  // Their packets are views by contract.
  broadcast: (bytes) => decodeBroadcast(Uint8Array.from(bytes)),
  packets: (bytes) => decodePackets(Uint8Array.from(bytes), 3),
  direct: (bytes) => decodeDirect(Uint8Array.from(bytes)),
  'direct-content': (bytes) => decodeDirectContent(Uint8Array.from(bytes)),
  acknowledgment: decodeAcknowledgment,
  peers: (bytes) => decodePeers(bytes, 32),
  ihave: decodeIHave,
  iwant: decodeIWant,
  records: decodeRecords,
  reconciliation: decodeReconciliation,
  'acknowledgment-request': decodeAcknowledgmentRequest,
  'acknowledgment-reply': decodeAcknowledgmentReply,
  neighbor: decodeNeighborMessage,
}
