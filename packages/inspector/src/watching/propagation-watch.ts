import type { CancelTimer, Environment } from '@ts2p/base'
import type { Delivery } from '@ts2p/mesh'
import type { NodeId } from '@ts2p/protocol'
import type { Inspected } from '../inspected.ts'
import type { Snapshot, Propagation, PropagatedCopy } from '../wire.ts'

/** What comes of more sources by more links at a time is only counted. */
const copiesMax = 50

/** Watches how messages spread, while somebody looks. */
export class PropagationWatch {
  readonly #environment: Environment
  readonly #tell: (propagation: Propagation) => void
  readonly #togetherMs: number
  readonly #id: NodeId
  readonly #stop: () => void
  /** By source and link: what follows is counted with the first. */
  #copies = new Map<string, PropagatedCopy>()
  #omitted = 0
  #cancelTimer: CancelTimer | undefined
  #delays = { count: 0, sum: 0, max: 0 }

  constructor(options: {
    node: Pick<Inspected, 'id' | 'observeDeliveries'>
    environment: Environment
    /** How long deliveries are put together, milliseconds. */
    togetherMs: number
    tell: (propagation: Propagation) => void
  }) {
    this.#environment = options.environment
    this.#tell = options.tell
    this.#togetherMs = options.togetherMs
    this.#id = options.node.id
    this.#stop = options.node.observeDeliveries((copy) => this.#recordDelivery(copy))
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

  #recordDelivery({ source, from, flag, channel, count, hops, delayMs }: Delivery): void {
    // What the mesh says to keep itself would only distract.
    if (flag !== 'broadcast') return
    if (from !== undefined) {
      // Two clocks that differ can make it negative.
      const delay = Math.max(0, delayMs)
      const { count: before, sum, max } = this.#delays
      this.#delays = { count: before + 1, sum: sum + delay, max: Math.max(max, delay) }
    }
    const name = `${source} ${from} ${channel}`
    const known = this.#copies.get(name)
    if (known || this.#copies.size < copiesMax) {
      const copy = { source, from: from ?? null, channel, count: count + (known?.count ?? 0), hops, delayMs }
      this.#copies.set(name, copy)
    } else this.#omitted += count
    this.#cancelTimer ??= this.#environment.setTimer(this.#togetherMs, () => this.#flush())
  }

  #flush(): void {
    this.#cancelTimer = undefined
    const [copies, omitted] = [this.#copies, this.#omitted]
    this.#copies = new Map()
    this.#omitted = 0
    this.#tell({ kind: 'propagation', at: this.#id, copies: [...copies.values()], omitted })
  }
}
