import { identityFromKey, knownFeatures, ProtocolError, subnetDifference } from '@ts2p/protocol'
import type { HandshakeMessage, Hello, Identity, NodeId, Refusal, Verdict } from '@ts2p/protocol'

/** How far a handshake has come. Each side sends a Hello, then a Verdict on the other's. */
export interface HandshakeState {
  readonly theirHello: Hello | undefined
  readonly ourVerdict: Verdict | undefined
  readonly theirVerdict: Verdict | undefined
}

export const handshakeStart: HandshakeState = { theirHello: undefined, ourVerdict: undefined, theirVerdict: undefined }

/**
 * Takes the other side's next message.
 * @throws {ProtocolError} It comes out of order or twice.
 */
export function receiveHandshake(state: HandshakeState, message: HandshakeMessage): HandshakeState {
  if (message.kind === 'hello') {
    if (state.theirHello) throw new ProtocolError('handshake: a second hello')
    return { ...state, theirHello: message }
  }
  if (state.theirVerdict) throw new ProtocolError('handshake: a second verdict')
  // A node that is full says so at once; only an acceptance needs to know whom it accepts.
  if (!state.theirHello && !message.refusal) throw new ProtocolError('handshake: an acceptance before the hello')
  return { ...state, theirVerdict: message }
}

/** 'established' once both have accepted; undefined while something is missing; else who refused, and why. */
export function handshakeOutcome(
  state: HandshakeState,
): 'established' | { refusal: Refusal; refusedBy: 'us' | 'them'; verdict: Verdict } | undefined {
  const { ourVerdict, theirVerdict } = state
  if (theirVerdict?.refusal) return { refusal: theirVerdict.refusal, refusedBy: 'them', verdict: theirVerdict }
  if (ourVerdict?.refusal) return { refusal: ourVerdict.refusal, refusedBy: 'us', verdict: ourVerdict }
  return ourVerdict && theirVerdict ? 'established' : undefined
}

/** What a node knows when it judges a Hello. */
export interface JudgeContext {
  readonly ours: Hello
  readonly ourId: NodeId
  readonly theirId: NodeId
  /** Another link with the same peer: accepted by us though its handshake is under way, or established. */
  readonly rival: 'none' | 'accepted' | 'established'
  readonly isFull: boolean
  readonly isAllowed: boolean
}

/**
 * Whether to accept a Hello.
 *
 * Two nodes that dial each other at once make two links, and must agree on the one to keep. The node with the smaller id
 * decides: it accepts the first that it sees and refuses the other. The node with the larger id refuses only what comes
 * after a link is established. An established link is never replaced, so claiming a linked node's id gains nothing.
 */
export function judgeHello(hello: Hello, context: JudgeContext): Refusal | undefined {
  const { ours, ourId, theirId, rival } = context
  if (hello.version !== ours.version || hello.requiredFeatures.some((feature) => !knownFeatures.includes(feature))) {
    return 'another-version'
  }
  if (subnetDifference(ours, hello) !== undefined) return 'another-subnet'
  if (ourId === theirId) return 'oneself'
  if (rival === 'established' || (rival === 'accepted' && ourId < theirId)) return 'duplicate-link'
  if (!context.isAllowed) return 'not-allowed'
  return context.isFull ? 'full' : undefined
}

/** What differs between two Hellos, in words. */
export function helloDifference(ours: Hello, theirs: Hello | undefined): string | undefined {
  if (!theirs) return undefined
  if (ours.version !== theirs.version) return `version ${ours.version} here and ${theirs.version} there`
  const unknown = theirs.requiredFeatures.filter((feature) => !knownFeatures.includes(feature))
  return unknown.length > 0 ? `it requires feature ${unknown.join(', ')}` : subnetDifference(ours, theirs)
}

/** Who sent a Hello. */
export function helloIdentity(hello: Hello): Identity {
  return identityFromKey(hello.nodeKey)
}
