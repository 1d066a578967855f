import type { Connection, Environment } from '@ts2p/base'
import type { Acknowledgments } from '../replication/acknowledgments.ts'

/** How long the node waits for its neighbors by default, milliseconds. */
const patienceMs = 10_000

/** A neighbor with which a reconciliation is under way. */
interface Compared {
  readonly since: number
  /** Whether there was traffic since the last question to this neighbor. */
  hasTraffic: boolean
  /** The node asks again once it has nothing more to send. */
  isQuestionDue: boolean
}

/**
 * Delays the first leased write after a restart until one reconciliation has ended, if there is a neighbor. The node may lack its own
 * last writes, and what others have written since. A reconciliation has ended when a neighbor confirms that it has applied all that
 * it was sent, and has sent no message of a reconciliation meanwhile.
 *
 * A neighbor that dials in starts none: if it did, any node could keep this one from writing. A link that this node dials does, if the
 * application has asked for it, or if it is the first one.
 */
export class CatchUp {
  readonly #acknowledgments: Acknowledgments
  readonly #isComparing: (connection: Connection) => boolean
  readonly #environment: Environment
  readonly #patienceMs: number
  readonly #compared = new Map<Connection, Compared>()
  #isDue: boolean
  /** Whether the application has this node join a network. */
  #isJoining = false
  /** Whether there was a neighbor that had dialed in. */
  #wasDialed = false
  #waiting: (() => void)[] = []

  /**
   * @param options.isComparing - Whether this node has something to send, or waits for something, in a reconciliation.
   * @param options.patienceMs - How long to wait for the neighbors, milliseconds. If it is given, a new node reconciles first too.
   */
  constructor(options: {
    acknowledgments: Acknowledgments
    environment: Environment
    patienceMs: number | undefined
    isComparing: (connection: Connection) => boolean
  }) {
    this.#acknowledgments = options.acknowledgments
    this.#isComparing = options.isComparing
    this.#environment = options.environment
    this.#patienceMs = options.patienceMs ?? patienceMs
    this.#isDue = options.patienceMs !== undefined
  }

  /** Makes the node reconcile first, because it was part of the network before. */
  begin(): void {
    this.#isDue = true
  }

  /** Whether a reconciliation has begun that must end before a leased write. */
  get isUnderWay(): boolean {
    return this.#isDue && this.#compared.size > 0
  }

  /** Resolves when no such reconciliation is under way. */
  settled(): Promise<void> {
    return this.isUnderWay ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve()
  }

  /** The application has this node dial others: links with them start it. */
  onDial(): void {
    this.#isJoining = true
  }

  onNeighbour(connection: Connection): void {
    if (connection.direction === 'accepted') this.#wasDialed = true
    else if (this.#isJoining || !this.#wasDialed) this.#start(connection)
  }

  /** This node has joined a network, perhaps by a link that its neighbor dialed at the same time. */
  onJoined(neighbors: Iterable<Connection>): void {
    if (this.#compared.size === 0) for (const connection of neighbors) this.#start(connection)
  }

  onNeighbourLost(connection: Connection): void {
    this.#compared.delete(connection)
    this.#release()
  }

  /** A message of a reconciliation came. */
  onTraffic(from: Connection): void {
    const compared = this.#isDue ? this.#compared.get(from) : undefined
    if (compared) compared.hasTraffic = true
  }

  /** Stops waiting for neighbors that do not answer, because other nodes must not be able to keep this one from writing. */
  sweep(now: number): void {
    if (!this.isUnderWay) return
    for (const [connection, compared] of this.#compared) {
      if (!compared.isQuestionDue || this.#isComparing(connection)) continue
      compared.isQuestionDue = false
      this.#fence(connection)
    }
    const isOverdue = [...this.#compared.values()].every(({ since }) => now - since >= this.#patienceMs)
    if (isOverdue) this.#end()
  }

  #start(connection: Connection): void {
    if (!this.#isDue || this.#compared.has(connection)) return
    const since = this.#environment.monotonicNow()
    this.#compared.set(connection, { since, hasTraffic: false, isQuestionDue: false })
    this.#fence(connection)
  }

  #fence(connection: Connection): void {
    this.#acknowledgments.fence(connection, () => {
      const compared = this.#compared.get(connection)
      if (!this.#isDue || !compared) return
      const isComparing = this.#isComparing(connection)
      if (!compared.hasTraffic && !isComparing) return this.#end()
      compared.hasTraffic = false
      if (isComparing) compared.isQuestionDue = true
      else this.#fence(connection)
    })
  }

  #end(): void {
    this.#isDue = false
    this.#compared.clear()
    this.#release()
  }

  #release(): void {
    if (this.isUnderWay) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
