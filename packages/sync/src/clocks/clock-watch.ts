import { ArgumentError } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { clockSkew, skewBeyond } from './clock-skew.ts'
import type { ClockDifference } from './clock-skew.ts'
import { ClockSkewError } from '../errors.ts'

/** A wall clock that moves by more than this against the steady one, from one look to the next, is reported, milliseconds. */
const stepMs = 2000
/** Neighbors' clocks are measured this often at least, milliseconds; and so often in each lease. */
const exchangeMsMax = 15_000
const exchangesPerLease = 3
/** A neighbor's clock is reported from this difference on, milliseconds; and from this share of a lease on, if that is less. */
const differsMsMin = 4000
const leaseShare = 1 / 5

/** A neighbor that leaves pings unanswered for so long is reported, milliseconds: its machine may sleep. */
const silentMs = 4000

/** What a clock watch reports: each is a code of an issue. */
type ClockIssue = 'clock-skew' | 'clocks-differ' | 'clock-stepped' | 'neighbor-silent'

/** A neighbor whose clock was found to differ from this node's. */
export interface ClocksDiffer {
  readonly id: NodeId
  /** How far its clock is ahead of this node's, milliseconds; negative if it is behind. */
  readonly aheadMs: number
}

/** Compares this node's wall clock with its steady clock and with those of its neighbors, and knows whether it may judge leases. */
export class ClockWatch {
  readonly #environment: Environment
  readonly #neighbors: () => Iterable<Connection>
  /** From which difference on each degree begins, milliseconds: reported, records are put aside, records are refused. */
  #degreesMs: readonly [reported: number, putAside: number, refused: number]
  #exchangeMs: number
  /** The length of the shortest lease that this node knows of, milliseconds; 0 without leases. */
  #leaseMs: number
  readonly #report: (code: ClockIssue, message: string) => void
  readonly #onDiffer: (found: ClocksDiffer) => void
  /** How far the wall clock was ahead of the steady one at the last look. */
  #aheadOfSteadyMs: number | undefined
  /** The degree in which each neighbor's clock was reported to differ. */
  readonly #reported = new WeakMap<Connection, number>()
  readonly #silent = new WeakSet<Connection>()
  #error: ClockSkewError | undefined

  /**
   * @param options.leaseMs - The length of a lease of which the write says nothing; 0 without leases.
   * @param options.aheadMsMax - Records that are further ahead are put aside until they are due.
   * @param options.refusedMs - Records that are further ahead are refused.
   * @param options.report - Records an issue.
   * @param options.onDiffer - Called when a neighbor's clock is found to differ, and again when the consequences become worse.
   */
  constructor(options: {
    environment: Environment
    neighbors: () => Iterable<Connection>
    leaseMs: number
    aheadMsMax: number
    refusedMs: number
    report: (code: ClockIssue, message: string) => void
    onDiffer: (found: ClocksDiffer) => void
  }) {
    const { leaseMs, aheadMsMax, refusedMs } = options
    const reportedMs = leaseMs === 0 ? aheadMsMax : Math.min(differsMsMin, leaseMs * leaseShare, aheadMsMax)
    this.#leaseMs = leaseMs
    this.#environment = options.environment
    this.#neighbors = options.neighbors
    this.#degreesMs = [reportedMs, aheadMsMax, refusedMs]
    this.#exchangeMs = leaseMs === 0 ? exchangeMsMax : Math.min(exchangeMsMax, leaseMs / exchangesPerLease)
    this.#report = options.report
    this.#onDiffer = options.onDiffer
  }

  /** This node writes with a lease of such a length: clocks must be known well enough for it. */
  useLease(leaseSeconds: number): void {
    const leaseMs = leaseSeconds * 1000
    if (leaseMs === 0 || leaseMs >= this.#leaseMs) return
    const [reportedMs, ...others] = this.#degreesMs
    this.#leaseMs = leaseMs
    this.#degreesMs = [Math.min(reportedMs, leaseMs * leaseShare), ...others]
    this.#exchangeMs = Math.min(this.#exchangeMs, leaseMs / exchangesPerLease)
  }

  /** What a leased write is to be refused with, as of the last look. */
  get error(): ClockSkewError | undefined {
    return this.#error
  }

  /** Measures and compares the clocks: when the neighbors are others, and twice a second. */
  look(): void {
    this.#lookForStep()
    const neighbors = [...this.#neighbors()]
    for (const neighbor of neighbors) {
      neighbor.measureClock(this.#exchangeMs)
      this.#compare(neighbor)
      this.#listen(neighbor)
    }
    const skewMs = clockSkew(this.#differences().map(({ aheadMs }) => aheadMs))
    const isWrong = skewMs !== undefined && Math.abs(skewMs) > this.#degreesMs[1]
    const wasWrong = this.#error !== undefined
    this.#error = isWrong ? new ClockSkewError(skewMs) : undefined
    if (this.#error && !wasWrong) this.#report('clock-skew', this.#error.message)
  }

  /**
   * The error with which a lock must be refused: a neighbor's clock differs from this node's by more than `toleranceMs`, and this node's may be
   * the one that is wrong. Undefined if no clock differs, or most of the clocks agree with this node's. 'unknown' if this node's clock has
   * moved, and a neighbor's has not been measured since. @throws {ArgumentError}
   */
  judge(toleranceMs: number): ClockSkewError | 'unknown' | undefined {
    if (!(toleranceMs >= 0)) throw new ArgumentError('toleranceMs', 'milliseconds, 0 or more', toleranceMs)
    const differences = this.#differences()
    const skewMs = skewBeyond(differences, toleranceMs)
    if (skewMs !== undefined) return new ClockSkewError(skewMs, { isTie: differences.length === 1 })
    const stale = [...this.#neighbors()].filter(({ clock }) => clock.current === undefined)
    for (const neighbor of stale) neighbor.measureClock(this.#exchangeMs)
    return stale.length > 0 ? 'unknown' : undefined
  }

  /** Whether one of the two refuses what the other writes. */
  isTooFar(neighbor: Connection): boolean {
    return Math.abs(this.#differenceOf(neighbor)?.aheadMs ?? 0) > this.#degreesMs[2]
  }

  /** Why neighbors do not count a record with this time, milliseconds since 1970: their clocks are too far behind. Undefined if none is. */
  whyHeldBack(timeMs: number): string | undefined {
    const ownAheadMs = timeMs - this.#environment.now()
    const aheadMs = this.#differences().map((difference) => ownAheadMs - difference.aheadMs)
    const behind = aheadMs.filter((ms) => ms > this.#degreesMs[1])
    if (behind.length === 0) return undefined
    const seconds = Math.round(Math.max(...behind) / 1000)
    return (
      `Of ${aheadMs.length} neighbors, ${behind.length} put it aside or refuse it: its timestamp is up to ${seconds} s ahead of their clocks. ` +
      'Set the clock that is wrong, by NTP for example.'
    )
  }

  #differences(): ClockDifference[] {
    return Array.from(this.#neighbors(), (neighbor) => this.#differenceOf(neighbor)).filter(
      (each) => each !== undefined,
    )
  }

  /** How far a neighbor's clock is ahead of this node's; undefined while that is being measured anew. */
  #differenceOf({ clock: { current } }: Connection): ClockDifference | undefined {
    if (!current) return undefined
    const ownAheadMs = this.#environment.now() - this.#environment.monotonicNow()
    return { aheadMs: current.aheadMs - ownAheadMs, errorMs: current.errorMs }
  }

  /** Reports that the wall clock was set, or that the machine has slept, and its steady clock with it. */
  #lookForStep(): void {
    const aheadMs = this.#environment.now() - this.#environment.monotonicNow()
    const movedMs = aheadMs - (this.#aheadOfSteadyMs ?? aheadMs)
    this.#aheadOfSteadyMs = aheadMs
    if (Math.abs(movedMs) <= stepMs) return
    const seconds = Math.round(Math.abs(movedMs) / 1000)
    this.#report(
      'clock-stepped',
      movedMs > 0
        ? `The clock of this node went forward by ${seconds} s at once: it was set, or the machine has slept. Leases of this node may have run out.`
        : `The clock of this node went back by ${seconds} s at once: it was set. Leases of other nodes seem to last longer here until it has caught up.`,
    )
  }

  /** Reports a neighbor that does not answer: once, until it does. */
  #listen(neighbor: Connection): void {
    const { id, remote, clock } = neighbor
    if (clock.unansweredMs < silentMs) return void (clock.unansweredMs === 0 && this.#silent.delete(neighbor))
    if (this.#silent.has(neighbor)) return
    this.#silent.add(neighbor)
    this.#report(
      'neighbor-silent',
      `The node ${id} at ${remote} does not answer: its machine sleeps or is busy, or the network is down. Leases of that node may run out.`,
    )
  }

  /** Either side reports that the two clocks differ: which of them is wrong, two nodes cannot tell. */
  #compare(neighbor: Connection): void {
    const difference = this.#differenceOf(neighbor)
    if (!difference) return
    const { aheadMs, errorMs } = difference
    const degree = this.#degreesMs.filter((ms) => Math.abs(aheadMs) - errorMs > ms).length
    const before = this.#reported.get(neighbor) ?? 0
    this.#reported.set(neighbor, degree)
    if (degree <= before) return
    const seconds = Math.round(Math.abs(aheadMs) / 1000)
    this.#report(
      'clocks-differ',
      `The clock of the node ${neighbor.id} at ${neighbor.remote} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of this node. ` +
        `${consequenceOf(aheadMs, degree)} Set the clock that is wrong, by NTP for example.`,
    )
    this.#onDiffer({ id: neighbor.id, aheadMs })
  }
}

function consequenceOf(aheadMs: number, degree: number): string {
  if (degree === 1) return 'The two judge by as much differently whether a lease has run out.'
  const does = degree === 2 ? 'puts aside until it is due' : 'refuses'
  return aheadMs > 0 ? `This node ${does} what that node writes.` : `That node ${does} what this node writes.`
}
