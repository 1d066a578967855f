export { addressesPerNodeMax, addressFault, addressToString } from './address.ts'
export type { Address } from './address.ts'
export { compressions } from './compression.ts'
export { decodeEnvelope, OutgoingEnvelope } from './envelope.ts'
export type { ReceivedEnvelope } from './envelope.ts'
export { equalBytes } from './equal-bytes.ts'
export { ProtocolError } from './errors.ts'
export { flagName, flags } from './flag.ts'
export type { Flag } from './flag.ts'
export { encodeFrame, FrameDecoder, frameHeaderBytes } from './frame.ts'
export type { Frame } from './frame.ts'
export { decodeHandshake, encodeHandshake, handshakeAddressesMax } from './handshake.ts'
export type { HandshakeMessage, Hello, Verdict } from './handshake.ts'
export { defaultLimits } from './limits.ts'
export type { Limits } from './limits.ts'
export { decodeFlood, encodeFlood, packetsMax } from './flood-message.ts'
export type { Flood, MessageId } from './flood-message.ts'
export { acknowledgedRangesMax, decodeDirect, encodeDirect } from './direct-message.ts'
export type { Acknowledgment, Direct, DirectKind, Dropped, DropReason } from './direct-message.ts'
export { decodePeers, encodePeers } from './mesh-message.ts'
export type { KnownPeer } from './mesh-message.ts'
export {
  decodeStretches,
  decodeWanted,
  encodeStretches,
  encodeWanted,
  openEnd,
  stretchesMax,
} from './stretch-message.ts'
export type { Stretch, Wanted } from './stretch-message.ts'
export { isSoundKey, portableEd25519, publicKeyBytes, seedBytes, signatureBytes } from './ed25519.ts'
export type { SignatureScheme } from './ed25519.ts'
export { nonceBytes, proofFault, proofMessage, prove, secretBytesMin } from './handshake-proof.ts'
export type { HandshakeContext, Proof, Role } from './handshake-proof.ts'
export {
  hashFromNodeId,
  identityFromKey,
  identityFromSeed,
  isNodeId,
  NodeIdCache,
  nodeIdFromHash,
  nodeIdFromKey,
  nodeKeyBytes,
} from './node-id.ts'
export type { Identity, NodeId, OwnIdentity } from './node-id.ts'
export { PacketLists, PacketWriter } from './packet-lists.ts'
export {
  decodeReplicaAnswer,
  decodeReplicaQuestion,
  encodeReplicaAnswer,
  encodeReplicaQuestion,
  questionIdBytes,
  questionRecordsMax,
} from './replica-message.ts'
export type { QuestionedRecord, ReplicaAnswer, ReplicaQuestion } from './replica-message.ts'
export type { Refusal } from './refusal.ts'
export { decodeNeighborMessage, encodeNeighborMessage } from './neighbor-message.ts'
export type { NeighborMessageKind } from './neighbor-message.ts'
export { channelNumber } from './channel-number.ts'
export { createSubnet, securities, subnetDifference } from './subnet.ts'
export type { Security, Subnet, SubnetTerms } from './subnet.ts'
export type { Term } from './terms.ts'
export { decodeRecords, encodeRecords, recordsMax } from './sync-message.ts'
export type { BatchSeal, WireBatch, WireRecord } from './sync-message.ts'
export { compareNonceBytes, decodeCompare, encodeCompare, keyedIdBytes } from './compare-message.ts'
export type { CompareMessage, Position } from './compare-message.ts'
export { batchMessage, batchSizeMax, recordIdBytes } from './signed-batch.ts'
export { bytesFromText, textFromBytes, textFromUtf8 } from './text.ts'
export { knownFeatures, protocolVersion } from './version.ts'
