import { compressions, decodeHandshake, encodeHandshake, nonceBytes, OutgoingEnvelope } from '@ts2p/protocol'
import { portableEd25519, proofFault, prove } from '@ts2p/protocol'
import type { Address, HandshakeContext, HandshakeMessage, Hello, Limits, NodeId } from '@ts2p/protocol'
import type { OwnIdentity, Refusal, Subnet, HandshakeDecision } from '@ts2p/protocol'
import { reachableAddresses } from '../dialing/advertised-address.ts'
import type { InboundPeer } from '../base-options.ts'
import type { Connection } from '../links/connection.ts'
import type { Environment } from '../environment/environment.ts'
import { HandshakeFailedError } from '../errors.ts'
import { HalfOpen } from './half-open.ts'
import { handshakeOutcome, handshakeStart, helloDifference, helloIdentity } from './handshake-state.ts'
import { isSameKey, judgeHello, judgePeer, advanceHandshake } from './handshake-state.ts'
import type { HandshakeState } from './handshake-state.ts'
import { RefusedError } from './refused-error.ts'

/** How long a node that was accepted holds a place before it has accepted as well, milliseconds. */
const admittedMs = 1000

/** What the handshaker asks of its socket. */
export interface HandshakerOptions {
  readonly identity: OwnIdentity
  readonly subnet: () => Subnet
  readonly limits: Limits
  readonly isTrustedProxy: (host: string) => boolean
  readonly secret: Uint8Array | undefined
  readonly environment: Environment
  addresses(): readonly Address[]
  peerHints(): readonly Address[]
  isLinked(id: NodeId): boolean
  /** How many nodes are linked. */
  linked(): number
  hasRoomFor(inboundPeer: InboundPeer): boolean
  /** Whether a place is asked for at the other side though there may be none left. */
  isHighPriority(connection: Connection): boolean
  isAllowed(candidate: { id: NodeId; host: string }): boolean
  /** Asks the established link of this peer for a sign of life. */
  suspect(id: NodeId): void
}

/** A handshake under way. */
interface Greeting {
  readonly ourHello: Hello
  readonly ourPayload: Uint8Array
  theirPayload: Uint8Array
  /** Whether they have proven their id. */
  isProven: boolean
  /** When this node accepted them, monotonic milliseconds. */
  admittedAt: number
  state: HandshakeState
}

/** Shakes hands on the links that are not established yet. */
export class Handshaker {
  readonly #options: HandshakerOptions
  readonly #halfOpen: HalfOpen
  readonly #greetings = new Map<Connection, Greeting>()

  constructor(options: HandshakerOptions) {
    this.#options = options
    this.#halfOpen = new HalfOpen({
      limits: options.limits,
      isTrustedProxy: options.isTrustedProxy,
      hasSpoken: (connection) => this.#greetings.get(connection)?.state.theirHello !== undefined,
    })
  }

  /** A link was dialed, or accepted by the platform: it is not open yet. */
  expect(connection: Connection, now: number): void {
    if (connection.direction === 'dialed') return this.#halfOpen.addDialed(connection)
    const cut = this.#halfOpen.addAccepted(connection, now)
    if (!cut) return
    this.abandon(cut)
    cut.destroy(new HandshakeFailedError(cut.remote, 'it was slow, and others waited'))
  }

  /** The link is open: says hello, or that there is no room for strangers at the moment. */
  greet(connection: Connection): RefusedError | undefined {
    if (this.#halfOpen.isTurnedAway(connection)) {
      const decision: HandshakeDecision = { kind: 'decision', refusal: 'full', peerHints: this.#options.peerHints() }
      send(connection, decision)
      return new RefusedError({ refusal: 'full', refusedBy: 'us', address: connection.remote })
    }
    const ourHello = this.#helloOn(connection)
    const ourPayload = send(connection, ourHello)
    this.#greetings.set(connection, {
      ourHello,
      ourPayload,
      theirPayload: new Uint8Array(0),
      isProven: false,
      admittedAt: Number.NEGATIVE_INFINITY,
      state: handshakeStart,
    })
    return undefined
  }

  /**
   * Takes the other side's next message: undefined while more is to come.
   * @throws {ProtocolError} It is none, or comes out of order.
   */
  onMessage(connection: Connection, payload: Uint8Array): 'established' | RefusedError | undefined {
    const greeting = this.#greetings.get(connection)
    if (!greeting) return undefined
    const message = decodeHandshake(payload)
    greeting.state = advanceHandshake(greeting.state, message)
    if (message.kind === 'hello') this.#answerHello(connection, greeting, message, payload)
    if (message.kind === 'proof') this.#answerProof(connection, greeting)
    const outcome = handshakeOutcome(greeting.state)
    if (outcome === undefined) return undefined
    const { theirHello } = greeting.state
    if (outcome !== 'established') return refused(connection, greeting, outcome)
    if (!theirHello) return undefined
    const { id, hash } = helloIdentity(theirHello)
    // Of several links of one node that were accepted at the same time, the first that is done counts.
    if (this.#options.isLinked(id)) return refused(connection, greeting, ourRefusal('duplicate-link'))
    // It was admitted long ago, and others have taken the place since.
    if (this.#options.linked() >= this.#options.limits.peersMax)
      return refused(connection, greeting, ourRefusal('full'))
    this.abandon(connection)
    connection.establish(
      {
        id,
        hash,
        addresses: reachableAddresses(theirHello.addresses, connection.addressSource),
      },
      theirHello,
    )
    return 'established'
  }

  abandon(connection: Connection): void {
    this.#halfOpen.delete(connection)
    this.#greetings.delete(connection)
  }

  /** Links that have had their time. */
  overdue(now: number): Connection[] {
    return this.#halfOpen.overdue(now)
  }

  #answerHello(connection: Connection, greeting: Greeting, hello: Hello, payload: Uint8Array): void {
    greeting.theirPayload = Uint8Array.from(payload)
    connection.onHello(hello)
    const refusal = judgeHello(hello, greeting.ourHello)
    if (refusal) this.#decide(connection, greeting, refusal)
    // The dialer proves first, so that nobody who merely dials gets a guess at the secret to work on.
    else if (connection.direction === 'dialed') this.#prove(connection, greeting)
  }

  #answerProof(connection: Connection, greeting: Greeting): void {
    const { identity, secret, environment, limits } = this.#options
    const { theirHello, theirProof, ourDecision } = greeting.state
    if (!theirHello || !theirProof || ourDecision) return
    const isDialed = connection.direction === 'dialed'
    const fault = proofFault(theirProof, contextOf(connection, greeting), {
      role: isDialed ? 'acceptor' : 'dialer',
      publicKey: theirHello.nodeKey,
      secret,
      ed25519: environment.ed25519 ?? portableEd25519,
    })
    if (fault) return this.#decide(connection, greeting, fault)
    greeting.isProven = true
    if (!isDialed) this.#prove(connection, greeting)
    const { id: theirId } = helloIdentity(theirHello)
    const isLinked = this.#options.isLinked(theirId)
    const isDialOnly = isDialOnlyOn(connection, theirHello)
    const admitted = this.#admittedBesides(theirHello)
    const inboundPeer = {
      id: theirId,
      host: connection.remoteHost,
      isDialOnly,
      isHighPriority: theirHello.isHighPriority,
      before: admitted.filter((other) => other.isDialOnly === isDialOnly).length,
    }
    const taken = this.#options.linked() + admitted.length
    const refusal = judgePeer({
      ourId: identity.id,
      theirId,
      rival: isLinked ? 'established' : this.#hasAccepted(theirHello, connection) ? 'accepted' : 'none',
      isFull: taken >= limits.peersMax || !(isDialed || this.#options.hasRoomFor(inboundPeer)),
      isAllowed: this.#options.isAllowed({ id: theirId, host: connection.remoteHost }),
    })
    if (refusal === 'duplicate-link' && isLinked) this.#options.suspect(theirId)
    this.#decide(connection, greeting, refusal)
  }

  #decide(connection: Connection, greeting: Greeting, refusal: Refusal | undefined): void {
    const peerHints = refusal === 'full' ? this.#options.peerHints() : []
    const ourDecision: HandshakeDecision = { kind: 'decision', refusal, peerHints: peerHints }
    send(connection, ourDecision)
    if (!refusal) greeting.admittedAt = this.#options.environment.monotonicNow()
    greeting.state = { ...greeting.state, ourDecision }
  }

  #prove(connection: Connection, greeting: Greeting): void {
    const { identity, secret } = this.#options
    const role = connection.direction === 'dialed' ? 'dialer' : 'acceptor'
    const sign = (message: Uint8Array): Uint8Array => identity.sign(message)
    send(connection, prove(contextOf(connection, greeting), { role, sign, secret }))
  }

  /**
   * The nodes, other than this one, that have a place though their handshake is not done. Those that keep their decision to themselves
   * hold it for a second only: else a stranger could hold all places without a link.
   */
  #admittedBesides({ nodeKey }: Hello): { readonly isDialOnly: boolean }[] {
    const since = this.#options.environment.monotonicNow() - admittedMs
    return [...this.#greetings].flatMap(([connection, { state, admittedAt }]) => {
      const { theirHello } = state
      const isAdmitted = theirHello && admittedAt >= since
      const isAnother = isAdmitted && !isSameKey(theirHello.nodeKey, nodeKey)
      return isAnother ? [{ isDialOnly: isDialOnlyOn(connection, theirHello) }] : []
    })
  }

  /** Whether a link with the same peer was accepted though its handshake is not done. */
  #hasAccepted({ nodeKey }: Hello, besides: Connection): boolean {
    return [...this.#greetings].some(([connection, { state }]) => {
      const { theirHello, ourDecision } = state
      if (connection === besides || !theirHello || !ourDecision || ourDecision.refusal) return false
      return isSameKey(theirHello.nodeKey, nodeKey)
    })
  }

  #helloOn(connection: Connection): Hello {
    const { identity, secret, environment } = this.#options
    const { version, descriptionHash, security, terms } = this.#options.subnet()
    return {
      ...{ kind: 'hello', version, descriptionHash, security, terms },
      time: environment.now(),
      nodeKey: identity.key,
      compressions: [compressions.zlib],
      addresses: this.#options.addresses(),
      requiredFeatures: [],
      nonce: environment.randomBytes(nonceBytes),
      isChannelBound: connection.channelBinding !== undefined,
      isClosed: secret !== undefined,
      isHighPriority: this.#options.linked() === 0 || this.#options.isHighPriority(connection),
    }
  }
}

/** Whether the other side cannot be dialed, as far as this side can tell. */
function isDialOnlyOn(connection: Connection, { addresses }: Hello): boolean {
  return reachableAddresses(addresses, connection.addressSource).length === 0
}

/** What both sides sign. The binding counts only where both know it; that each says so is part of what they sign. */
function contextOf(connection: Connection, { ourHello, ourPayload, theirPayload, state }: Greeting): HandshakeContext {
  const isBound = ourHello.isChannelBound && state.theirHello?.isChannelBound === true
  const isDialed = connection.direction === 'dialed'
  return {
    dialerHello: isDialed ? ourPayload : theirPayload,
    acceptorHello: isDialed ? theirPayload : ourPayload,
    channelBinding: isBound ? connection.channelBinding : undefined,
  }
}

/** A refusal at the very end, when both have accepted. */
function ourRefusal(refusal: Refusal): Parameters<typeof refused>[2] {
  return { refusal, refusedBy: 'us', decision: { kind: 'decision', refusal, peerHints: [] } }
}

function refused(
  connection: Connection,
  { ourHello, isProven, state }: Greeting,
  { refusal, refusedBy, decision }: Exclude<ReturnType<typeof handshakeOutcome>, 'established' | undefined>,
): RefusedError {
  return new RefusedError({
    refusal,
    refusedBy,
    address: connection.remote,
    difference: helloDifference(ourHello, state.theirHello),
    peerId: state.theirHello && helloIdentity(state.theirHello).id,
    isProven,
    peerHints: refusedBy === 'them' ? reachableAddresses(decision.peerHints, connection.addressSource) : [],
  })
}

function send(connection: Connection, message: HandshakeMessage): Uint8Array {
  const payload = encodeHandshake(message)
  connection.send(new OutgoingEnvelope('handshake', payload, { isUrgent: true }))
  return payload
}
