import { compressions, encodeHandshake, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address, HandshakeMessage, Hello, Identity, Limits, NodeId, Subnet, Verdict } from '@ts2p/protocol'
import { reachableAddresses } from './advertised.ts'
import type { Connection } from './connection.ts'
import { HandshakeFailedError } from './errors.ts'
import { HalfOpen } from './half-open.ts'
import {
  handshakeOutcome,
  handshakeStart,
  helloDifference,
  helloIdentity,
  judgeHello,
  receiveHandshake,
} from './handshake-state.ts'
import type { HandshakeState } from './handshake-state.ts'
import { RefusedError } from './refused-error.ts'

/** What the greeter asks of its socket. */
export interface GreeterOptions {
  readonly identity: Identity
  readonly subnet: Subnet
  readonly limits: Limits
  addresses(): readonly Address[]
  alternatives(): readonly Address[]
  isLinked(id: NodeId): boolean
  isFull(): boolean
  isAllowed(applicant: { id: NodeId; host: string }): boolean
  /** Asks the established link of this peer for a sign of life. */
  suspect(id: NodeId): void
}

/** Shakes hands on the links that are not established yet. */
export class Greeter {
  readonly #options: GreeterOptions
  readonly #halfOpen: HalfOpen
  readonly #states = new Map<Connection, HandshakeState>()

  constructor(options: GreeterOptions) {
    this.#options = options
    this.#halfOpen = new HalfOpen(options.limits)
  }

  /** A link was dialled or accepted. */
  expect(connection: Connection): void {
    this.#halfOpen.add(connection)
  }

  /** The link is open: says hello, or that there is no room for strangers at the moment. */
  greet(connection: Connection, now: number): RefusedError | undefined {
    const crowded = connection.direction === 'accepted' ? this.#halfOpen.givesWay(connection, now) : 'none'
    if (crowded === 'refuse') {
      const verdict: Verdict = { kind: 'verdict', refusal: 'full', alternatives: this.#options.alternatives() }
      send(connection, verdict)
      return new RefusedError({ refusal: 'full', refusedBy: 'us', address: connection.remote })
    }
    if (crowded !== 'none') {
      this.forget(crowded)
      crowded.destroy(new HandshakeFailedError(crowded.remote, 'it was slow to say hello, and others waited'))
    }
    this.#states.set(connection, handshakeStart)
    send(connection, this.#ourHello())
    return undefined
  }

  /** Takes the other side's next message: undefined while more is to come. */
  receive(connection: Connection, message: HandshakeMessage): 'established' | RefusedError | undefined {
    let state = receiveHandshake(this.#states.get(connection) ?? handshakeStart, message)
    if (message.kind === 'hello') {
      const ourVerdict = this.#judge(connection, message)
      send(connection, ourVerdict)
      state = { ...state, ourVerdict }
    }
    this.#states.set(connection, state)
    const outcome = handshakeOutcome(state)
    if (outcome === undefined) return undefined
    const { theirHello } = state
    if (outcome === 'established' && theirHello) {
      this.forget(connection)
      const { id, hash } = helloIdentity(theirHello)
      connection.establish(
        { id, hash, addresses: reachableAddresses(theirHello.addresses, connection.remoteHost) },
        theirHello,
      )
      return 'established'
    }
    return outcome === 'established' ? undefined : this.#refused(connection, state, outcome)
  }

  forget(connection: Connection): void {
    this.#halfOpen.delete(connection)
    this.#states.delete(connection)
  }

  /** Links that have had their time. */
  overdue(now: number): Connection[] {
    return this.#halfOpen.overdue(now)
  }

  #judge(connection: Connection, hello: Hello): Verdict {
    const options = this.#options
    const { id: theirId } = helloIdentity(hello)
    const isLinked = options.isLinked(theirId)
    const refusal = judgeHello(hello, {
      ours: this.#ourHello(),
      ourId: options.identity.id,
      theirId,
      rival: isLinked ? 'established' : this.#hasAccepted(hello, connection) ? 'accepted' : 'none',
      isFull: options.isFull(),
      isAllowed: options.isAllowed({ id: theirId, host: connection.remoteHost }),
    })
    if (refusal === 'duplicate-link' && isLinked) options.suspect(theirId)
    return { kind: 'verdict', refusal, alternatives: refusal === 'full' ? options.alternatives() : [] }
  }

  /** Whether a link with the same peer was accepted though its handshake is not done. */
  #hasAccepted(hello: Hello, besides: Connection): boolean {
    const { id } = helloIdentity(hello)
    return [...this.#states].some(([connection, { theirHello, ourVerdict }]) => {
      if (connection === besides || !theirHello || !ourVerdict || ourVerdict.refusal) return false
      return helloIdentity(theirHello).id === id
    })
  }

  #refused(
    connection: Connection,
    state: HandshakeState,
    { refusal, refusedBy, verdict }: Exclude<ReturnType<typeof handshakeOutcome>, 'established' | undefined>,
  ): RefusedError {
    return new RefusedError({
      refusal,
      refusedBy,
      address: connection.remote,
      difference: helloDifference(this.#ourHello(), state.theirHello),
      peerId: state.theirHello && helloIdentity(state.theirHello).id,
      alternatives: refusedBy === 'them' ? verdict.alternatives : [],
    })
  }

  #ourHello(): Hello {
    const { identity, subnet } = this.#options
    return {
      kind: 'hello',
      version: subnet.version,
      descriptionHash: subnet.descriptionHash,
      security: subnet.security,
      leaseSeconds: subnet.leaseSeconds,
      nodeKey: identity.key,
      compressions: [compressions.zlib],
      addresses: this.#options.addresses(),
      requiredFeatures: [],
    }
  }
}

function send(connection: Connection, message: HandshakeMessage): void {
  connection.send(new OutgoingEnvelope('handshake', encodeHandshake(message)))
}
