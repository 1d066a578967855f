import type { Connection, Environment } from '@ts2p/base'

/** By how much the clocks of the neighbors may correct this node's, milliseconds. */
const correctionMsMax = 30_000

/** The wall clock plus the median of the differences to the clocks of the neighbors, at most 30 s: milliseconds since 1970, UTC. */
export function networkTime(
  environment: Pick<Environment, 'now' | 'monotonicNow'>,
  neighbors: Iterable<Connection>,
): number {
  const [now, monotonicNow] = [environment.now(), environment.monotonicNow()]
  const ahead = Array.from(neighbors, ({ clock }) => clock.current)
    .flatMap((reading) => (reading === undefined ? [] : [reading.aheadMs + monotonicNow - now]))
    .toSorted((a, b) => a - b)
  const median = ((ahead[(ahead.length - 1) >> 1] ?? 0) + (ahead[ahead.length >> 1] ?? 0)) / 2
  return now + Math.min(correctionMsMax, Math.max(-correctionMsMax, median))
}
