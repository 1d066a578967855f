/** Bounds of the wait between two questions, milliseconds. RFC 6762, 5.2 asks for one second at least, and for growing pauses. */
const leastMs = 1000
const mostAloneMs = 30_000
/** Half of it is less than the time for which an announcement holds. */
const mostMs = 200_000

/**
 * The wait before the next question, by a bound that doubles each time: while more links are wanted uniform between a second and
 * the bound, later in its upper half, so that of many who wait again whenever somebody has asked only one asks at a time.
 * The first waits for 20 to 120 ms, so that machines that start together do not ask together.
 * @param asked how many were sent
 * @param isAlone whether more links are wanted
 * @param random uniform in [0, 1)
 */
export function questionDelayMs(asked: number, isAlone: boolean, random: number): number {
  if (asked === 0) return startDelayMs(random)
  const bound = Math.min(isAlone ? mostAloneMs : mostMs, leastMs * 2 ** Math.min(asked, 30))
  return isAlone ? leastMs + random * (bound - leastMs) : Math.max(leastMs, bound / 2 + (random * bound) / 2)
}

/** Before anything that many may do at the same moment: answering a question that all have heard (RFC 6762, 6). */
export function startDelayMs(random: number): number {
  return 20 + random * 100
}
