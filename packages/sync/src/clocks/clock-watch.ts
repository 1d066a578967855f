import type { Connection, Environment } from '@ts2p/base'
import { clockSkew } from './clock-skew.ts'
import { ClockSkewError } from '../errors.ts'

/** A wall clock that changes by more than this against the steady one, milliseconds, was set, or the machine has slept. */
const jumpMs = 10_000
/** After that, neighbors are believed to differ only if their links outlast this: links of a machine that has slept do not, milliseconds. */
const doubtMs = 60_000

/** Knows whether this node's clock is too wrong to judge leases by. Its own steps show at once: links keep a steady clock. */
export class ClockWatch {
  readonly #environment: Environment
  readonly #neighbours: () => Iterable<Connection>
  readonly #aheadMsMax: number
  readonly #refusedMs: number
  readonly #report: (code: 'clock-skew' | 'clocks-differ', message: string) => void
  /** What the wall clock was ahead of the steady one at the last look, and when that changed much. */
  #aheadOfSteadyMs: number | undefined
  #jumpedAt = Number.NEGATIVE_INFINITY
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
    this.#noteJump()
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

  /** The wall clock was set, or the machine has slept, and its steady clock with it. */
  #noteJump(): void {
    const aheadMs = this.#environment.now() - this.#environment.monotonicNow()
    if (Math.abs(aheadMs - (this.#aheadOfSteadyMs ?? aheadMs)) > jumpMs)
      this.#jumpedAt = this.#environment.monotonicNow()
    this.#aheadOfSteadyMs = aheadMs
  }

  /** Whether the neighbor's clock was learned before a jump, and not long ago: if this machine has slept, the link is about to end. */
  #isInDoubt({ establishedAt = 0 }: Connection): boolean {
    return establishedAt < this.#jumpedAt && this.#environment.monotonicNow() - this.#jumpedAt < doubtMs
  }

  /** Either side says that the two clocks differ: which of them is wrong, two nodes cannot tell. */
  #compare(neighbor: Connection): void {
    const aheadMs = this.#aheadMs(neighbor)
    if (Math.abs(aheadMs) <= this.#aheadMsMax) return void this.#reported.delete(neighbor)
    if (this.#reported.has(neighbor) || this.#isInDoubt(neighbor)) return
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
