import type { Connection, Environment } from '@ts2p/base'

/** By how much the own clock may differ from most others before it is corrected, milliseconds. */
const toleratedMs = 60_000

/** The wall clock, milliseconds since 1970; if it is far from the clocks of most neighbors, the median of those and of this one. */
export function networkNow(
  environment: Pick<Environment, 'now' | 'monotonicNow'>,
  links: Iterable<Connection>,
): number {
  const now = environment.now()
  const monotonicNow = environment.monotonicNow()
  const readings = Array.from(links, ({ clock }) => clock.current).filter((clock) => clock !== undefined)
  const ahead = readings.map(({ aheadMs }) => aheadMs + monotonicNow - now)
  const sorted = [0, ...ahead].toSorted((a, b) => a - b)
  // Of an even number the one that corrects less.
  const middle = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0]
  const median = middle.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a))
  return Math.abs(median) > toleratedMs ? now + median : now
}
