import { checkKnown, ClosedError, PublicEmitter } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import type { Input, SyncSocket } from '@ts2p/sync'
import { Contender } from './contender.ts'
import type { LockLostError } from './errors.ts'
import { Lock } from './held-lock.ts'
import { leasedKey, leaseSecondsMaxOf } from './leased-key.ts'
import type { LeasedKey } from './leased-key.ts'
import { completeSettings, optionNames } from './settings.ts'
import type { LeaseOptions, Settings } from './settings.ts'
import { Timer } from './timer.ts'

/** How a node stands for election; everything has a default. */
export interface ElectionOptions<V> extends LeaseOptions<V> {
  /** Whether the node is a candidate from the beginning. Default true; one that is not hears who leads. */
  readonly stand?: boolean
}

const electionOptionNames = optionNames<unknown, ElectionOptions<unknown>>({ stand: true })

/** Who leads. */
export interface Leader<V> {
  readonly id: NodeId
  /** What it has put at the key: its address, say. */
  readonly value: V | undefined
  /** Its fencing token at the moment; it grows with each renewal. */
  readonly token: string
}

/** What an election tells. */
export interface ElectionEvents<V> {
  /** This node leads, until the lock is lost or given up. */
  elected: [term: Lock]
  /** This node leads no more, and has not resigned. It stays a candidate. */
  lost: [error: LockLostError]
  /** Another leads than before, or nobody (undefined), as far as this node knows. */
  leader: [leader: Leader<V> | undefined]
  /** Standing has failed; it is tried again after 5 s. Not told when the socket is closed: then the election is, too. */
  failed: [error: unknown]
}

/** How long after a failure a candidate stands again, milliseconds. */
const standAgainMs = 5000

/**
 * A node's part in the election of a leader: whoever holds the key leads. A candidate holds it when it can, and stands again when
 * it has lost it.
 */
export class Election<V> extends PublicEmitter<ElectionEvents<V>> {
  readonly #key: LeasedKey
  readonly #settings: Settings
  readonly #valueNow: () => V | undefined
  readonly #contender: Contender
  readonly #leaderEnds: Timer
  readonly #standAgain: Timer
  readonly #stopListening: () => void
  #term: ReturnType<typeof Lock.of> | undefined
  #leaderTold: NodeId | undefined
  #isCandidate = false
  #isClosed = false

  /** @internal Elections are made by `election`. */
  constructor(parts: { key: LeasedKey; settings: Settings; valueNow: () => V | undefined }) {
    const { environment } = parts.settings
    super((error) => environment.log('error', 'A listener of an election failed.', { error }))
    this.#key = parts.key
    this.#settings = parts.settings
    this.#valueNow = parts.valueNow
    this.#leaderEnds = new Timer(environment)
    this.#standAgain = new Timer(environment)
    this.#contender = new Contender({
      key: parts.key,
      settings: parts.settings,
      isPatient: true,
      handler: {
        onHeld: (leaseTerm) => {
          this.#term = Lock.of({ leaseTerm, environment, release: () => this.resign() })
          this.emitIsolated('elected', this.#term.held)
          this.#lookWhoLeads()
        },
        onLost: (error) => this.#onLost(error),
        onFailed: (error) => this.#onFailed(error),
      },
    })
    const stopChanges = parts.key.onChange(() => this.#lookWhoLeads())
    const stopClose = parts.key.onClose(() => this.#end())
    this.#stopListening = () => {
      stopChanges()
      stopClose()
    }
    // Whoever listens to the events could not do so before.
    environment.defer(() => this.#lookWhoLeads())
  }

  /** Whether this node leads, as far as can be known here; looks at the clocks, as `Lock.isHeld` does. */
  get isLeader(): boolean {
    return this.#term?.held.isHeld ?? false
  }

  /** This node's term, while it leads. */
  get term(): Lock | undefined {
    return this.isLeader ? this.#term?.held : undefined
  }

  /** Who leads, as far as this node knows; undefined if nobody does. One that has only just claimed the key may not know so itself yet. */
  get leader(): Leader<V> | undefined {
    const lease = this.#key.lease()
    if (!lease || (lease.owner === this.#key.self && !this.isLeader)) return undefined
    return { id: lease.owner, value: this.#valueNow(), token: lease.token }
  }

  /** Becomes a candidate, if it is none. @throws {ClosedError} */
  stand(): void {
    if (this.#isClosed) throw new ClosedError('stand')
    this.#isCandidate = true
    this.#standAgain.cancel()
    // Not in this call: whoever has just made the election could not listen yet.
    this.#settings.environment.defer(() => {
      if (this.#isCandidate) this.#contender.start()
    })
  }

  /**
   * Is no candidate anymore, and gives up leading if it leads: another candidate leads a moment later. After the socket was closed there is
   * nothing to give up: the lease runs out by itself.
   */
  resign(): void {
    this.#isCandidate = false
    this.#standAgain.cancel()
    this.#term = undefined
    this.#contender.stop()
  }

  /** Resigns, and hears no more. */
  close(): void {
    if (this.#isClosed) return
    this.#end()
    this.resign()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #end(): void {
    this.#isClosed = true
    this.#isCandidate = false
    this.#leaderEnds.cancel()
    this.#standAgain.cancel()
    this.#stopListening()
  }

  #onLost(error: LockLostError): void {
    const term = this.#term
    this.#term = undefined
    if (!this.#isClosed) this.stand()
    term?.lose(error)
    this.emitIsolated('lost', error)
    this.#lookWhoLeads()
  }

  #onFailed(error: unknown): void {
    if (this.#isClosed) return
    this.#standAgain.set(standAgainMs, () => this.stand())
    this.#settings.environment.log('warn', 'Standing for election has failed; it is tried again.', {
      error: String(error),
    })
    this.emitIsolated('failed', error)
  }

  #lookWhoLeads(): void {
    if (this.#isClosed) return
    const { environment } = this.#settings
    const lease = this.#key.lease()
    if (lease) this.#leaderEnds.set(lease.expiresAt - environment.now(), () => this.#lookWhoLeads())
    else this.#leaderEnds.cancel()
    const { leader } = this
    if (leader?.id === this.#leaderTold) return
    this.#leaderTold = leader?.id
    this.emitIsolated('leader', leader)
  }
}

/**
 * Takes part in the election of a leader: whoever holds the key leads. Use the same key on every node. The events come later than
 * this call, so that none is missed.
 *
 * Leading is a lease, so **two may lead** while the network is divided, or when clocks or messages are later than `guardMs` and
 * `settleMs` allow for: let whatever the leader acts on check `term.token`.
 * @throws {LeasesMissingError} The socket has `leasing: false`. @throws {ArgumentError} An option is out of its range, or there is no such option.
 * @throws {ClosedError} The socket is closed.
 * @throws {NotReadyError} The socket is kept, and was not read yet: await its `ready`, `listen()` or `connect()` before.
 */
export function election<K>(
  socket: SyncSocket<K, string>,
  key: Input<K>,
  options?: ElectionOptions<string>,
): Election<string>
export function election<K>(
  socket: SyncSocket<K>,
  key: Input<K>,
  options?: ElectionOptions<Uint8Array>,
): Election<Uint8Array>
export function election<K, V>(
  socket: SyncSocket<K, V>,
  key: Input<K>,
  options: ElectionOptions<V> & { readonly value: Input<V> },
): Election<V>
export function election<K, V>(socket: SyncSocket<K, V>, key: Input<K>, options: ElectionOptions<V> = {}): Election<V> {
  checkKnown('options', options, electionOptionNames)
  const settings = completeSettings(options, leaseSecondsMaxOf(socket, key))
  const made = new Election<V>({
    key: leasedKey(socket, { key, value: options.value, settings }),
    settings,
    valueNow: () => socket.get(key),
  })
  if (options.stand ?? true) made.stand()
  return made
}
