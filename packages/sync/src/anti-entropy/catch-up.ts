import type { Connection, Environment } from '@ts2p/base'
import type { Acknowledgments } from '../replication/acknowledgments.ts'

/** How long a neighbour may take, milliseconds, before the node no longer waits for it; unless it is told otherwise. */
const patienceMs = 10_000

/** A neighbour that is being compared with. */
interface Compared {
  readonly since: number
  /** Whether there was traffic since the last question. */
  hasTraffic: boolean
  /** The next question is put once this node has nothing more to send. */
  isQuestionDue: boolean
}

/**
 * After a restart a node may lack what it wrote last, and what others wrote since: one comparison comes before its first
 * leased write, if somebody is there to compare with. A comparison has ended when a neighbour has confirmed that it took in
 * all that it was sent, and has sent nothing of a comparison itself meanwhile: whatever messages it is made of.
 */
export class CatchUp {
  readonly #acknowledgments: Acknowledgments
  readonly #isComparing: (connection: Connection) => boolean
  readonly #environment: Environment
  readonly #patienceMs: number
  readonly #compared = new Map<Connection, Compared>()
  #isDue: boolean
  #waiting: (() => void)[] = []

  /**
   * @param options.isComparing whether this node has something to send, or waits for something, in a comparison
   * @param options.patienceMs how long a neighbour may take; if it is given, a node that is new compares first, too
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

  /** The node was here before. */
  begin(): void {
    this.#isDue = true
  }

  /** Whether a comparison has begun that must end before a leased write. */
  get isUnderWay(): boolean {
    return this.#isDue && this.#compared.size > 0
  }

  /** Resolves when none is under way. */
  settled(): Promise<void> {
    return this.isUnderWay ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve()
  }

  onNeighbour(connection: Connection): void {
    if (!this.#isDue || this.#compared.has(connection)) return
    const since = this.#environment.monotonicNow()
    this.#compared.set(connection, { since, hasTraffic: false, isQuestionDue: false })
    this.#fence(connection)
  }

  onNeighbourLost(connection: Connection): void {
    this.#compared.delete(connection)
    this.#release()
  }

  /** A message of a comparison came. */
  onTraffic(from: Connection): void {
    const compared = this.#isDue ? this.#compared.get(from) : undefined
    if (compared) compared.hasTraffic = true
  }

  /** Neighbours that do not answer are not waited for: other nodes must not be able to keep this one from writing. */
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
