import { identityFromKey, knownFeatures, ProtocolError, subnetDifference } from '@ts2p/protocol'
import type { HandshakeMessage, Hello, Identity, NodeId, Proof, Refusal, HandshakeDecision } from '@ts2p/protocol'

/**
 * How far a handshake has come. Each side sends a Hello; then the dialer proves who it is, then the acceptor; then each
 * sends a HandshakeDecision on the other.
 */
export interface HandshakeState {
  readonly theirHello: Hello | undefined
  readonly theirProof: Proof | undefined
  readonly ourDecision: HandshakeDecision | undefined
  readonly theirDecision: HandshakeDecision | undefined
}

export const handshakeStart: HandshakeState = {
  theirHello: undefined,
  theirProof: undefined,
  ourDecision: undefined,
  theirDecision: undefined,
}

/**
 * Takes the other side's next message.
 * @throws {ProtocolError} It comes out of order or twice.
 */
export function advanceHandshake(state: HandshakeState, message: HandshakeMessage): HandshakeState {
  if (message.kind === 'hello') {
    if (state.theirHello) throw new ProtocolError('handshake: a second hello')
    return { ...state, theirHello: message }
  }
  if (message.kind === 'proof') {
    if (!state.theirHello) throw new ProtocolError('handshake: a proof before the hello')
    if (state.theirProof) throw new ProtocolError('handshake: a second proof')
    return { ...state, theirProof: message }
  }
  if (state.theirDecision) throw new ProtocolError('handshake: a second verdict')
  // A node that is full says so at once; only an acceptance needs to know whom it accepts, and who accepts.
  if (!state.theirProof && !message.refusal) throw new ProtocolError('handshake: an acceptance before the proof')
  return { ...state, theirDecision: message }
}

/** 'established' once both have accepted; undefined while something is missing; else who refused, and why. */
export function handshakeOutcome(
  state: HandshakeState,
): 'established' | { refusal: Refusal; refusedBy: 'us' | 'them'; decision: HandshakeDecision } | undefined {
  const { ourDecision, theirDecision } = state
  if (theirDecision?.refusal) return { refusal: theirDecision.refusal, refusedBy: 'them', decision: theirDecision }
  if (ourDecision?.refusal) return { refusal: ourDecision.refusal, refusedBy: 'us', decision: ourDecision }
  return ourDecision && theirDecision ? 'established' : undefined
}

/** Whether two nodes can talk at all, by what they say of themselves. */
export function judgeHello(hello: Hello, ours: Hello): Refusal | undefined {
  if (hello.version !== ours.version || hello.requiredFeatures.some((feature) => !knownFeatures.includes(feature))) {
    return 'another-version'
  }
  if (subnetDifference(ours, hello) !== undefined) return 'another-subnet'
  if (hello.isClosed !== ours.isClosed) return 'another-secret'
  return isSameKey(hello.nodeKey, ours.nodeKey) ? 'oneself' : undefined
}

/** What a node knows when it judges a peer that has proven who it is. */
export interface JudgeContext {
  readonly ourId: NodeId
  readonly theirId: NodeId
  /** Another link with the same peer: accepted by us though its handshake is under way, or established. */
  readonly rival: 'none' | 'accepted' | 'established'
  readonly isFull: boolean
  readonly isAllowed: boolean
}

/**
 * Whether to take a peer.
 *
 * Two nodes that dial each other at once make two links, and must agree on the one to keep. The node with the smaller id
 * decides: it accepts the first that it sees and refuses the other. The node with the larger id refuses only what comes
 * after a link is established. An established link is never replaced.
 */
export function judgePeer({ ourId, theirId, rival, isFull, isAllowed }: JudgeContext): Refusal | undefined {
  if (rival === 'established' || (rival === 'accepted' && ourId < theirId)) return 'duplicate-link'
  if (!isAllowed) return 'not-allowed'
  return isFull ? 'full' : undefined
}

/** What differs between two Hellos, in words. */
export function helloDifference(ours: Hello, theirs: Hello | undefined): string | undefined {
  if (!theirs) return undefined
  if (ours.version !== theirs.version) return `version ${ours.version} here and ${theirs.version} there`
  const unknown = theirs.requiredFeatures.filter((feature) => !knownFeatures.includes(feature))
  if (unknown.length > 0) return `it requires feature ${unknown.join(', ')}`
  return subnetDifference(ours, theirs) ?? secretDifference(ours, theirs)
}

/** Who sent a Hello. */
export function helloIdentity(hello: Hello): Identity {
  return identityFromKey(hello.nodeKey)
}

function secretDifference(ours: Hello, theirs: Hello): string | undefined {
  if (ours.isClosed === theirs.isClosed) return undefined
  return ours.isClosed ? 'a secret is needed here and none is there' : 'a secret is needed there and none is here'
}

export function isSameKey(x: Uint8Array, y: Uint8Array): boolean {
  return x.every((byte, at) => byte === y[at])
}
