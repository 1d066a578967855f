import type { SliceResult } from '../../row.ts'

/** How long a slice runs, milliseconds. */
const sliceMs = 1000
/** Cases between two looks at the clock. */
const strideCases = 64

/**
 * Runs cases that take microseconds for about a second, without a promise for each.
 *
 * @param runCase gives what did not hold, in one sentence without the number of the case
 */
export function runFastCases(from: number, until: number, runCase: (index: number) => string | undefined): SliceResult {
  const endsAt = performance.now() + sliceMs
  const violations: string[] = []
  let next = from
  while (next < until) {
    const violation = runCase(next)
    if (violation !== undefined) violations.push(`Case ${next}: ${violation}`)
    next += 1
    if (next % strideCases === 0 && performance.now() >= endsAt) break
  }
  return { done: next - from, violations }
}
