import { callIsolated } from '@ts2p/base'
import type { FailureReport } from '@ts2p/base'
import type { Flag, NodeId } from '@ts2p/protocol'

/** Broadcasts of one source, as the delivery of them came to this node, or as this node sent them. */
export interface Delivery {
  /** Whose they are. */
  readonly source: NodeId
  /** The run of the source: a random number. */
  readonly epoch: number
  /** 'broadcast': the application's, or a layer's; others are the mesh's own. */
  readonly flag: Flag
  /** The number of the channel of the layer; 0: none. */
  readonly channel: number
  /** Of the first one, within a run of its source; and how many came together. */
  readonly sequence: number
  readonly count: number
  /** The neighbor that brought them; undefined: they are this node's own. */
  readonly from: NodeId | undefined
  /** Links that they have crossed. */
  readonly hops: number
  /** Since they were sent, milliseconds: this node's clock now less the source's then, so that it is as wrong as these two are. */
  readonly delayMs: number
}

/** Hears of deliveries. It is called from the data path: it does not wait, and what it throws is reported. */
export type DeliveryObserver = (copy: Delivery) => void

/** Those who want to know how messages spread. */
export class DeliveryTrace {
  readonly #observers = new Set<{ readonly tell: DeliveryObserver }>()
  readonly #report: FailureReport

  constructor(report: FailureReport) {
    this.#report = report
  }

  /** Whether there is anybody to tell. */
  get isObserved(): boolean {
    return this.#observers.size > 0
  }

  /** @returns ends it */
  observe(observer: DeliveryObserver): () => void {
    const observation = { tell: observer }
    this.#observers.add(observation)
    return () => void this.#observers.delete(observation)
  }

  record(copy: Delivery): void {
    for (const { tell } of this.#observers) callIsolated(() => tell(copy), this.#report)
  }
}
