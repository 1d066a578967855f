/** Fewer neighbours cannot say whose clock is wrong. */
const neighboursMin = 3

/**
 * By how much this node's clock differs from those of its neighbours, milliseconds: the median of what they are ahead, of two in the
 * middle the one that differs less. So as long as most of them are right, those that are wrong, or lie, do not decide. Undefined if
 * there are fewer than three.
 */
export function clockSkew(aheadMs: readonly number[]): number | undefined {
  if (aheadMs.length < neighboursMin) return undefined
  const sorted = aheadMs.toSorted((x, y) => x - y)
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1)
  return middle.reduce((least, each) => (Math.abs(each) < Math.abs(least) ? each : least))
}
