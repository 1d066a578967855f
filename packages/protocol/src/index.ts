export { addressesPerNodeMax, addressFault, addressToString } from './handshake/address.ts'
export type { Address } from './handshake/address.ts'
export { compressions } from './framing/compression.ts'
export { decodeEnvelope, OutgoingEnvelope } from './framing/envelope.ts'
export type { ReceivedEnvelope } from './framing/envelope.ts'
export { equalBytes } from './equal-bytes.ts'
export { ProtocolError } from './errors.ts'
export { flagName, flags } from './framing/flag.ts'
export type { Flag } from './framing/flag.ts'
export { encodeFrame, FrameDecoder, frameHeaderBytes } from './framing/frame.ts'
export type { Frame } from './framing/frame.ts'
export { decodePing, encodePing } from './framing/ping.ts'
export type { Ping } from './framing/ping.ts'
export { decodeHandshake, encodeHandshake, handshakeAddressesMax } from './handshake/handshake-message.ts'
export type { HandshakeMessage, Hello, HandshakeDecision } from './handshake/handshake-message.ts'
export { defaultLimits } from './limits.ts'
export type { Limits } from './limits.ts'
export {
  decodeBroadcast,
  decodePackets,
  encodeBroadcast,
  encodePackets,
  packetsMax,
  statementBytesMax,
} from './mesh/broadcast-message.ts'
export type { Broadcast, MessageId } from './mesh/broadcast-message.ts'
export {
  broadcastHeaderHash,
  directHeaderHash,
  noHeader,
  portableSha256,
  signedMessage,
} from './mesh/signed-message.ts'
export type { BroadcastHeader, Sha256, Signed } from './mesh/signed-message.ts'
export {
  acknowledgedRangesMax,
  decodeAcknowledgment,
  decodeDirect,
  decodeDirectContent,
  encodeAcknowledgment,
  encodeDirect,
  encodeDirectContent,
} from './mesh/direct-message.ts'
export type { Acknowledgment, Direct, DirectContent, DirectKind, Dropped, DropReason } from './mesh/direct-message.ts'
export { decodePeers, encodePeers } from './mesh/peer-exchange-message.ts'
export type { PeerInfo } from './mesh/peer-exchange-message.ts'
export { decodeIHave, decodeIWant, encodeIHave, encodeIWant, openEnd, sequenceRangesMax } from './mesh/ihave-message.ts'
export type { SequenceRange, IWant } from './mesh/ihave-message.ts'
export { isSoundKey, portableEd25519, publicKeyBytes, seedBytes, signatureBytes } from './identity/ed25519.ts'
export type { SignatureScheme } from './identity/ed25519.ts'
export { nonceBytes, proofFault, proofMessage, prove, secretBytesMin } from './handshake/handshake-proof.ts'
export type { HandshakeContext, Proof, Role } from './handshake/handshake-proof.ts'
export {
  hashFromNodeId,
  identityFromKey,
  identityFromSeed,
  isNodeId,
  NodeIdCache,
  nodeIdFromHash,
  nodeIdFromKey,
  nodeKeyBytes,
} from './identity/node-id.ts'
export type { Identity, NodeId, OwnIdentity } from './identity/node-id.ts'
export { PacketLists, PacketWriter } from './mesh/packet-lists.ts'
export {
  decodeAcknowledgmentReply,
  decodeAcknowledgmentRequest,
  encodeAcknowledgmentReply,
  encodeAcknowledgmentRequest,
  acknowledgmentIdBytes,
  acknowledgmentRecordsMax,
} from './dictionary/acknowledgment-message.ts'
export type {
  AcknowledgmentItem,
  AcknowledgmentReply,
  AcknowledgmentRequest,
} from './dictionary/acknowledgment-message.ts'
export type { Refusal } from './handshake/refusal.ts'
export { decodeNeighborMessage, encodeNeighborMessage } from './dictionary/neighbor-message.ts'
export type { NeighborMessageKind } from './dictionary/neighbor-message.ts'
export { channelNumber } from './framing/channel-number.ts'
export { createSubnet, securities, subnetDifference } from './handshake/subnet.ts'
export type { Security, Subnet, SubnetTerms } from './handshake/subnet.ts'
export type { Term } from './handshake/terms.ts'
export { decodeRecords, encodeRecords, recordsMax } from './dictionary/record-message.ts'
export type { WireProof, WireBatch, WireRecord } from './dictionary/record-message.ts'
export {
  reconciliationNonceBytes,
  decodeReconciliation,
  encodeReconciliation,
  keyedIdBytes,
} from './dictionary/reconciliation-message.ts'
export type { ReconciliationMessage, JournalPosition } from './dictionary/reconciliation-message.ts'
export { batchMessage, batchSizeMax, batchStatement, recordIdBytes } from './dictionary/signed-batch.ts'
export { bytesFromText, textFromBytes, textFromUtf8 } from './text.ts'
export { knownFeatures, protocolVersion } from './version.ts'
