import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { Copies } from '../mesh-node.ts'

type MetricsRegister = NonNullable<GossipsubOpts['metricsRegister']>

const receivedMetric = 'gossipsub_msg_received_prevalidation_total'
const duplicateMetric = 'gossipsub_pre_validation_duplicate_total'

/** Takes the two of gossipsub's metrics that tell how many payloads arrived, and how many of them had come before. */
export class DuplicateCounter implements MetricsRegister {
  readonly #totals = new Map<string, number>()

  gauge({ name }: { readonly name: string }): ReturnType<MetricsRegister['gauge']> {
    const count = (labelsOrValue?: unknown, value?: number): void => {
      const more = value ?? (typeof labelsOrValue === 'number' ? labelsOrValue : 1)
      this.#totals.set(name, (this.#totals.get(name) ?? 0) + more)
    }
    return { inc: count, set: () => undefined, addCollect: () => undefined }
  }

  histogram(): ReturnType<MetricsRegister['histogram']> {
    return { startTimer: () => () => undefined, observe: () => undefined, reset: () => undefined }
  }

  avgMinMax(): ReturnType<MetricsRegister['avgMinMax']> {
    return { set: () => undefined }
  }

  read(): Copies {
    const further = this.#totals.get(duplicateMetric) ?? 0
    return { first: (this.#totals.get(receivedMetric) ?? 0) - further, further }
  }
}
