/** Fewer neighbors cannot say whose clock is wrong: two of them and this node are three clocks. */
const neighborsMin = 2

/**
 * By how much this node's clock differs from those of its neighbors, milliseconds: the median of what they are ahead. If two are in the
 * middle, the one that differs less, and 0 if this node's clock is between the two. So as long as most of the clocks are right, those that
 * are wrong, or lie, do not decide. Undefined if there are fewer than two neighbors.
 */
export function clockSkew(aheadMs: readonly number[]): number | undefined {
  if (aheadMs.length < neighborsMin) return undefined
  const sorted = aheadMs.toSorted((x, y) => x - y)
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0
  if (low < 0 && high > 0) return 0
  return Math.abs(low) < Math.abs(high) ? low : high
}

/** How far a neighbor's clock is ahead of this node's, and by how much that may be wrong, milliseconds. */
export interface ClockDifference {
  readonly aheadMs: number
  readonly errorMs: number
}

/**
 * By how much this node's clock differs from those of its neighbors, if that is more than `toleranceMs` and this node may be the one that is
 * wrong: it is not if most of the clocks, with its own, agree with it. Undefined otherwise.
 */
export function skewBeyond(differences: readonly ClockDifference[], toleranceMs: number): number | undefined {
  const far = differences.filter(({ aheadMs, errorMs }) => Math.abs(aheadMs) - errorMs > toleranceMs)
  const agreeing = differences.length - far.length + 1
  if (far.length === 0 || agreeing > far.length) return undefined
  return far.map(({ aheadMs }) => aheadMs).toSorted((x, y) => x - y)[Math.floor(far.length / 2)]
}
