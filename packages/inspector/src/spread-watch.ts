import type { CancelTimer, Environment } from '@ts2p/base'
import type { FirstCopy } from '@ts2p/mesh'
import type { Inspected } from './inspected.ts'
import type { Snapshot, Spread, SpreadCopy } from './wire.ts'

/** First copies are told together, so often, milliseconds; more than so many in this time are only counted. */
const togetherMs = 50
const copiesMax = 50

/** Watches how messages spread, while somebody looks. */
export class SpreadWatch {
  readonly #environment: Environment
  readonly #tell: (spread: Spread) => void
  readonly #stop: () => void
  #copies: SpreadCopy[] = []
  #omitted = 0
  #cancelTimer: CancelTimer | undefined
  #delays = { count: 0, sum: 0, max: 0 }

  constructor(options: { node: Inspected; environment: Environment; tell: (spread: Spread) => void }) {
    this.#environment = options.environment
    this.#tell = options.tell
    this.#stop = options.node.observeFirstCopies((copy) => this.#take(copy))
  }

  /** The delays since the last call. */
  takeDelays(): Snapshot['delays'] {
    const { count, sum, max } = this.#delays
    this.#delays = { count: 0, sum: 0, max: 0 }
    return count === 0 ? null : { meanMs: sum / count, maxMs: max }
  }

  close(): void {
    this.#stop()
    this.#cancelTimer?.()
  }

  #take({ origin, from, flag, count, hops, delayMs }: FirstCopy): void {
    // What the mesh says to keep itself would only distract.
    if (flag !== 'broadcast' && flag !== 'store') return
    if (from !== undefined) {
      // Two clocks that differ can make it negative.
      const delay = Math.max(0, delayMs)
      const { count: before, sum, max } = this.#delays
      this.#delays = { count: before + 1, sum: sum + delay, max: Math.max(max, delay) }
    }
    if (this.#copies.length < copiesMax) {
      this.#copies.push({ origin, from: from ?? null, flag, count, hops, delayMs })
    } else this.#omitted += 1
    this.#cancelTimer ??= this.#environment.setTimer(togetherMs, () => this.#flush())
  }

  #flush(): void {
    this.#cancelTimer = undefined
    const [copies, omitted] = [this.#copies, this.#omitted]
    this.#copies = []
    this.#omitted = 0
    this.#tell({ kind: 'spread', copies, omitted })
  }
}
