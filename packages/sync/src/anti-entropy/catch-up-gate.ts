import type { CancelTimer, Connection, Environment } from '@ts2p/base'
import type { Acknowledgments } from '../replication/acknowledgments.ts'

/** How long a catch-up lasts at most by default, milliseconds. */
const defaultCatchUpMs = 2000

/** A neighbor with which a reconciliation is under way. */
interface Compared {
  /** Whether there was traffic since the last question to this neighbor. */
  hasTraffic: boolean
  /** The node asks again once it has nothing more to send. */
  isQuestionDue: boolean
}

/**
 * Delays leased writes of a node that has joined a network until it has reconciled with one neighbor. The node lacks what was written before,
 * and after a restart perhaps its own last writes. A reconciliation has ended when a neighbor confirms that it has applied all that it was
 * sent, and has sent no message of a reconciliation meanwhile.
 *
 * There is one catch-up in the life of a node that has addresses to join, calls `connect` or has kept its state. It starts with a link that the node
 * has dialed: if the application has asked for that, or if no neighbor has dialed in yet. A neighbor that dials in starts none: if it did, any node could
 * keep this one from writing.
 */
export class CatchUpGate {
  readonly #acknowledgments: Acknowledgments
  readonly #isComparing: (connection: Connection) => boolean
  readonly #environment: Environment
  readonly #catchUpMs: number
  readonly #compared = new Map<Connection, Compared>()
  #isDue = false
  #hasEnded: boolean
  #cancelEnd: CancelTimer | undefined
  /** Whether the application has this node join a network. */
  #isJoining = false
  /** Whether there was a neighbor that had dialed in. */
  #wasDialed = false
  #waiting: (() => void)[] = []

  /**
   * @param options.isComparing - Whether this node has something to send, or waits for something, in a reconciliation.
   * @param options.catchUpMs - How long a catch-up lasts at most, milliseconds: other nodes must not be able to keep this one from writing.
   *   Default 2,000; 0: there is none.
   */
  constructor(options: {
    acknowledgments: Acknowledgments
    environment: Environment
    catchUpMs: number | undefined
    isComparing: (connection: Connection) => boolean
  }) {
    this.#acknowledgments = options.acknowledgments
    this.#isComparing = options.isComparing
    this.#environment = options.environment
    this.#catchUpMs = options.catchUpMs ?? defaultCatchUpMs
    this.#hasEnded = this.#catchUpMs === 0
  }

  /** The node was part of the network before, and has kept its state. */
  onRestored(): void {
    this.#isDue = !this.#hasEnded
  }

  /** Whether a catch-up has started, and must end before a leased write. */
  get isUnderWay(): boolean {
    return this.#isDue && this.#compared.size > 0
  }

  /** Resolves when no catch-up is under way. */
  settled(): Promise<void> {
    return this.isUnderWay ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve()
  }

  /** The application has this node dial others: the first link with one of them starts the catch-up. */
  onDial(): void {
    this.#isJoining = true
    this.#isDue = !this.#hasEnded
  }

  onNeighbor(connection: Connection): void {
    if (connection.direction === 'accepted') this.#wasDialed = true
    else if (this.#isJoining || !this.#wasDialed) this.#start(connection)
  }

  /** This node has joined a network, perhaps by a link that its neighbor dialed at the same time. */
  onJoined(neighbors: Iterable<Connection>): void {
    if (this.#compared.size === 0) for (const connection of neighbors) this.#start(connection)
  }

  onNeighborLost(connection: Connection): void {
    this.#compared.delete(connection)
    // The next link starts another one.
    if (this.#compared.size === 0) this.#stopTimer()
    this.#release()
  }

  /** A message of a reconciliation came. */
  onTraffic(from: Connection): void {
    const compared = this.#isDue ? this.#compared.get(from) : undefined
    if (compared) compared.hasTraffic = true
  }

  /** Asks the neighbors again to which this node had something to send. */
  checkTimeout(): void {
    if (!this.isUnderWay) return
    for (const [connection, compared] of this.#compared) {
      if (!compared.isQuestionDue || this.#isComparing(connection)) continue
      compared.isQuestionDue = false
      this.#fence(connection)
    }
  }

  close(): void {
    this.#stopTimer()
  }

  #start(connection: Connection): void {
    if (!this.#isDue || this.#compared.has(connection)) return
    this.#compared.set(connection, { hasTraffic: false, isQuestionDue: false })
    this.#cancelEnd ??= this.#environment.setTimer(this.#catchUpMs, () => this.#end())
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
    this.#hasEnded = true
    this.#stopTimer()
    this.#compared.clear()
    this.#release()
  }

  #stopTimer(): void {
    this.#cancelEnd?.()
    this.#cancelEnd = undefined
  }

  #release(): void {
    if (this.isUnderWay) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
