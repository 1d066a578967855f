/** Bounds of the wait before the next attempt, milliseconds. */
export interface BackoffTimes {
  readonly firstMs: number
  readonly mostMs: number
}

/** Half a second at first, half a minute at most. */
export const defaultBackoff: BackoffTimes = { firstMs: 500, mostMs: 30_000 }

/**
 * Exponential backoff with full jitter: uniform in [0, min(most, first · 2^failures)), but at least a tenth of that
 * bound, so that attempts never come back to back. (Brooker, "Exponential Backoff And Jitter", AWS, 2015.)
 * @param failures attempts that failed in a row, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(failures: number, random: number, times: BackoffTimes = defaultBackoff): number {
  const bound = Math.min(times.mostMs, times.firstMs * 2 ** Math.min(failures - 1, 30))
  return bound * Math.max(0.1, random)
}
