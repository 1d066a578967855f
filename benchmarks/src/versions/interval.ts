/** The least coverage of an interval. */
const coverageMin = 0.95

/** The median of some values, and an interval that holds the true median. */
export interface MedianInterval {
  readonly median: number
  readonly low: number
  readonly high: number
}

/**
 * The interval between two of the sorted values that holds the median of their distribution with a chance of at least 95 %, whatever the
 * distribution. Of fewer than 6 values it is all of them.
 * @see Conover: Practical Nonparametric Statistics, 3rd edition, 3.2
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  let outside = 0
  let skipped = 0
  for (let chance = 2 ** -count; outside + 2 * chance <= 1 - coverageMin; skipped += 1) {
    outside += 2 * chance
    chance *= (count - skipped) / (skipped + 1)
  }
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2
  return { median: middle, low: at(skipped - 1 < 0 ? 0 : skipped - 1), high: at(count - Math.max(skipped, 1)) }
}
