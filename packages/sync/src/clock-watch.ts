import type { Connection, Environment } from '@ts2p/base'
import { clockSkew } from './clock-skew.ts'
import { ClockSkewError } from './errors.ts'

/** Knows whether this node's clock is too wrong to judge leases by. Its own steps show at once: links keep a steady clock. */
export class ClockWatch {
  readonly #environment: Environment
  readonly #neighbours: () => Iterable<Connection>
  readonly #aheadMsMax: number
  readonly #report: (sentence: string) => void
  #error: ClockSkewError | undefined

  /**
   * @param options.aheadMsMax - What is bearable.
   * @param options.report - Hears of a clock that is found to be wrong, once.
   */
  constructor(options: {
    environment: Environment
    neighbours: () => Iterable<Connection>
    aheadMsMax: number
    report: (sentence: string) => void
  }) {
    this.#environment = options.environment
    this.#neighbours = options.neighbours
    this.#aheadMsMax = options.aheadMsMax
    this.#report = options.report
  }

  /** What a leased write is to be refused with, as of the last look. */
  get error(): ClockSkewError | undefined {
    return this.#error
  }

  /** Compares the clocks: when the neighbours are others, and now and then. */
  look(): void {
    const ownMs = this.#environment.now() - this.#environment.monotonicNow()
    const skewMs = clockSkew(Array.from(this.#neighbours(), ({ peer }) => peer.clock - ownMs))
    const isWrong = skewMs !== undefined && Math.abs(skewMs) > this.#aheadMsMax
    const wasWrong = this.#error !== undefined
    this.#error = isWrong ? new ClockSkewError(skewMs) : undefined
    if (this.#error && !wasWrong) this.#report(this.#error.message)
  }
}
