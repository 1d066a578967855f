import type { Connection, Environment } from '@ts2p/base'
import { clockSkew } from './clock-skew.ts'
import { ClockSkewError } from './errors.ts'

/** Knows whether this node's clock is too wrong to judge leases by. Its own steps show at once: links keep a steady clock. */
export class ClockWatch {
  readonly #environment: Environment
  readonly #neighbours: () => Iterable<Connection>
  readonly #aheadMsMax: number
  readonly #refusedMs: number
  readonly #report: (code: 'clock-skew' | 'clocks-differ', message: string) => void
  /** Neighbors of which it was reported that the clocks differ. */
  readonly #reported = new WeakSet<Connection>()
  #error: ClockSkewError | undefined

  /**
   * @param options.aheadMsMax - What is bearable: records that are further ahead wait until they are due.
   * @param options.refusedMs - Records that are further ahead are refused.
   * @param options.report - Hears once of this node's clock, if it is found to be wrong, and once of each neighbor's that differs.
   */
  constructor(options: {
    environment: Environment
    neighbours: () => Iterable<Connection>
    aheadMsMax: number
    refusedMs: number
    report: (code: 'clock-skew' | 'clocks-differ', message: string) => void
  }) {
    this.#environment = options.environment
    this.#neighbours = options.neighbours
    this.#aheadMsMax = options.aheadMsMax
    this.#refusedMs = options.refusedMs
    this.#report = options.report
  }

  /** What a leased write is to be refused with, as of the last look. */
  get error(): ClockSkewError | undefined {
    return this.#error
  }

  /** Compares the clocks: when the neighbours are others, and now and then. */
  look(): void {
    const neighbors = [...this.#neighbours()]
    for (const neighbor of neighbors) this.#compare(neighbor)
    const skewMs = clockSkew(neighbors.map((neighbor) => this.#aheadMs(neighbor)))
    const isWrong = skewMs !== undefined && Math.abs(skewMs) > this.#aheadMsMax
    const wasWrong = this.#error !== undefined
    this.#error = isWrong ? new ClockSkewError(skewMs) : undefined
    if (this.#error && !wasWrong) this.#report('clock-skew', this.#error.message)
  }

  /** Whether one of the two refuses what the other writes. */
  isTooFar(neighbor: Connection): boolean {
    return Math.abs(this.#aheadMs(neighbor)) > this.#refusedMs
  }

  /** How far a neighbor's clock is ahead of this node's, milliseconds. */
  #aheadMs({ peer }: Connection): number {
    return peer.clock - (this.#environment.now() - this.#environment.monotonicNow())
  }

  /** Either side says that the two clocks differ: which of them is wrong, two nodes cannot tell. */
  #compare(neighbor: Connection): void {
    const aheadMs = this.#aheadMs(neighbor)
    if (Math.abs(aheadMs) <= this.#aheadMsMax) return void this.#reported.delete(neighbor)
    if (this.#reported.has(neighbor)) return
    this.#reported.add(neighbor)
    const what = this.isTooFar(neighbor) ? 'refuses' : 'holds back'
    const [where, consequence] =
      aheadMs > 0
        ? ['ahead of', `This node ${what} what that node writes.`]
        : ['behind', `That node ${what} what this node writes.`]
    this.#report(
      'clocks-differ',
      `The clock of the node ${neighbor.id} at ${neighbor.remote} is ${Math.round(Math.abs(aheadMs) / 1000)} s ` +
        `${where} the clock of this node. ${consequence} Set the clock that is wrong, by NTP for example.`,
    )
  }
}
