import { stampsPerSecond } from '@ts2p/store'

/** How far ahead of the wall clock stamps are reserved, seconds; and stamps, for when the clock of stamps is ahead. */
const aheadSeconds = 10
const aheadStamps = 2 ** 18

/**
 * The stamp to keep as the clock, so that after a crash the clock starts above every stamp that was given out, even those
 * of writes that did not reach the disk, and even if the wall clock has stepped back: a stamp some seconds ahead, which
 * is renewed before it comes to pass. Crashes in quick succession move the clock ahead by a quarter of a second each.
 */
export function reservedClock(at: { readonly nowMs: number; readonly clock: number; readonly before: number }): number {
  const byWallClock = (Math.floor(at.nowMs / 1000) + aheadSeconds) * stampsPerSecond
  return Math.max(at.before, at.clock + aheadStamps, byWallClock)
}
