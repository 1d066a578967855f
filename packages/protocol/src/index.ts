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
export { decodeHandshake, encodeHandshake, handshakeAddressesMax } from './handshake/handshake.ts'
export type { HandshakeMessage, Hello, Verdict } from './handshake/handshake.ts'
export { defaultLimits } from './limits.ts'
export type { Limits } from './limits.ts'
export {
  decodeFlood,
  decodePackets,
  encodeFlood,
  encodePackets,
  packetsMax,
  statementBytesMax,
} from './mesh/flood-message.ts'
export type { Flood, MessageId } from './mesh/flood-message.ts'
export {
  broadcastHeaderHash,
  directHeaderHash,
  noHeader,
  portableSha256,
  signedMessage,
} from './mesh/signed-message.ts'
export type { FloodHeader, Sha256, Signed } from './mesh/signed-message.ts'
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
export { decodePeers, encodePeers } from './mesh/mesh-message.ts'
export type { KnownPeer } from './mesh/mesh-message.ts'
export {
  decodeStretches,
  decodeWanted,
  encodeStretches,
  encodeWanted,
  openEnd,
  stretchesMax,
} from './mesh/stretch-message.ts'
export type { Stretch, Wanted } from './mesh/stretch-message.ts'
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
  decodeReplicaAnswer,
  decodeReplicaQuestion,
  encodeReplicaAnswer,
  encodeReplicaQuestion,
  questionIdBytes,
  questionRecordsMax,
} from './dictionary/replica-message.ts'
export type { QuestionedRecord, ReplicaAnswer, ReplicaQuestion } from './dictionary/replica-message.ts'
export type { Refusal } from './handshake/refusal.ts'
export { decodeNeighborMessage, encodeNeighborMessage } from './dictionary/neighbor-message.ts'
export type { NeighborMessageKind } from './dictionary/neighbor-message.ts'
export { channelNumber } from './framing/channel-number.ts'
export { createSubnet, securities, subnetDifference } from './handshake/subnet.ts'
export type { Security, Subnet, SubnetTerms } from './handshake/subnet.ts'
export type { Term } from './handshake/terms.ts'
export { decodeRecords, encodeRecords, recordsMax } from './dictionary/sync-message.ts'
export type { BatchSeal, WireBatch, WireRecord } from './dictionary/sync-message.ts'
export { compareNonceBytes, decodeCompare, encodeCompare, keyedIdBytes } from './dictionary/compare-message.ts'
export type { CompareMessage, Position } from './dictionary/compare-message.ts'
export { batchMessage, batchSizeMax, batchStatement, recordIdBytes } from './dictionary/signed-batch.ts'
export { bytesFromText, textFromBytes, textFromUtf8 } from './text.ts'
export { knownFeatures, protocolVersion } from './version.ts'
