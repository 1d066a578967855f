import type { CancelTimer, Environment } from '@ts2p/base'
import type { Source } from './sources.ts'

/** How long a gap may last beyond the time for which neighbors keep messages, and how often this is checked, milliseconds. */
const [graceMs, checkMs] = [60_000, 5000] as const

/**
 * Gives up the messages that no neighbor sends, and reports them: after a time, or at once when a source has more than `gapsMax` gaps.
 * From then on they count as received, so that nobody is asked for them and a late copy is not delivered.
 */
export class LossDetector<L> {
  readonly #sources: Iterable<Source<L>>
  readonly #environment: Environment
  readonly #repairMs: number
  readonly #memberForMs: () => number
  readonly #report: (code: string, sentence: string) => void
  /** Up to which sequence the gaps of a source may be of the time before this node joined: those are not reported. */
  readonly #early = new WeakMap<Source<L>, number>()
  #cancelTimer: CancelTimer | undefined
  #isClosed = false

  /**
   * @param options.repairMs for how long neighbors keep messages, milliseconds. A gap is given up a minute after that
   * @param options.memberForMs for how long this node has been in the network, milliseconds
   */
  constructor(options: {
    sources: Iterable<Source<L>>
    environment: Environment
    repairMs: number
    memberForMs: () => number
    report: (code: string, sentence: string) => void
  }) {
    this.#sources = options.sources
    this.#environment = options.environment
    this.#repairMs = options.repairMs
    this.#memberForMs = options.memberForMs
    this.#report = options.report
  }

  /** Messages of this source came just now, perhaps beyond a gap. */
  check(source: Source<L>): void {
    if (source.received.gapCount === 0) return
    // A neighbor that got older messages late passes them on to this node as well, but others do not send it what is between them.
    if (this.#memberForMs() < this.#repairMs) this.#early.set(source, source.received.highest)
    this.#giveUp(source)
    if (source.received.gapCount > 0 && !this.#isClosed)
      this.#cancelTimer ??= this.#environment.setTimer(checkMs, () => this.#checkAll())
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #checkAll(): void {
    this.#cancelTimer = undefined
    for (const source of this.#sources) this.check(source)
  }

  #giveUp(source: Source<L>): void {
    const { id, received } = source
    const earlyTo = this.#early.get(source) ?? 0
    for (const { first, last } of received.giveUp(this.#environment.monotonicNow() - this.#repairMs - graceMs)) {
      if (last <= earlyTo) continue
      this.#report(
        'broadcasts-lost',
        `The messages ${first} to ${last} of the node ${id} did not come, and no neighbor sends them any more. Channels make up for theirs; if the application broadcasts, await writable() between broadcasts at that node.`,
      )
    }
  }
}
