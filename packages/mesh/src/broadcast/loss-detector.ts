import type { CancelTimer, Environment } from '@ts2p/base'
import type { Origin } from './origins.ts'

/** How long a gap may last beyond the time for which neighbors keep messages, and how often this is checked, milliseconds. */
const [graceMs, checkMs] = [60_000, 5000] as const

/**
 * Gives up the messages that no neighbor sends, and reports them: after a time, or at once when a source has more than `gapsMax` gaps.
 * From then on they count as received, so that nobody is asked for them and a late copy is not delivered.
 */
export class LossDetector<L> {
  readonly #origins: Iterable<Origin<L>>
  readonly #environment: Environment
  readonly #patienceMs: number
  readonly #report: (code: string, sentence: string) => void
  #cancelTimer: CancelTimer | undefined
  #isClosed = false

  /** @param options.repairMs for how long neighbors keep messages, milliseconds. A gap is given up a minute after that */
  constructor(options: {
    origins: Iterable<Origin<L>>
    environment: Environment
    repairMs: number
    report: (code: string, sentence: string) => void
  }) {
    this.#origins = options.origins
    this.#environment = options.environment
    this.#patienceMs = options.repairMs + graceMs
    this.#report = options.report
  }

  /** Messages of this source came just now, perhaps beyond a gap. */
  check(origin: Origin<L>): void {
    if (origin.received.gapCount === 0) return
    this.#giveUp(origin)
    if (origin.received.gapCount > 0 && !this.#isClosed)
      this.#cancelTimer ??= this.#environment.setTimer(checkMs, () => this.#checkAll())
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #checkAll(): void {
    this.#cancelTimer = undefined
    for (const origin of this.#origins) this.check(origin)
  }

  #giveUp({ id, received }: Origin<L>): void {
    for (const { first, last } of received.giveUp(this.#environment.monotonicNow() - this.#patienceMs)) {
      this.#report(
        'broadcasts-lost',
        `The messages ${first} to ${last} of the node ${id} did not come, and no neighbor sends them any more. Channels make up for theirs; if the application broadcasts, await writable() between broadcasts at that node.`,
      )
    }
  }
}
