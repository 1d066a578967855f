import { timestampsPerSecond } from '@ts2p/store'

/** How far ahead of the wall clock timestamps are reserved, seconds; and timestamps, for when the clock of timestamps is ahead. */
const aheadSeconds = 10
const aheadTimestamps = 2 ** 18

/**
 * The timestamp to keep as the clock, so that after a crash the clock starts above every timestamp that was given out, even those
 * of writes that did not reach the disk, and even if the wall clock has stepped back: a timestamp some seconds ahead, which
 * is renewed before it comes to pass. Crashes in quick succession move the clock ahead by a quarter of a second each.
 */
export function highWaterMark(at: { readonly nowMs: number; readonly clock: number; readonly before: number }): number {
  const byWallClock = (Math.floor(at.nowMs / 1000) + aheadSeconds) * timestampsPerSecond
  return Math.max(at.before, at.clock + aheadTimestamps, byWallClock)
}

/**
 * Holds back what this node would send until its timestamps are durably reserved. An idle node renews its high-water mark in memory only; the
 * first write afterwards may have a timestamp above the one on the disk, and is sent once that has been renewed.
 */
export class ClockHighWaterMark {
  readonly #isReserved: () => boolean
  #held: (() => void)[] = []

  /** @param isReserved - Whether every timestamp that was given out is durably reserved. */
  constructor(isReserved: () => boolean) {
    this.#isReserved = isReserved
  }

  /** Whether something is held back. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** Runs an action now, or holds it back, in the order of the calls. */
  run(action: () => void): void {
    if (this.isHolding || !this.#isReserved()) this.#held.push(action)
    else action()
  }

  /** A batch is durable: runs what was held back, if that reserves enough. */
  onDurable(): void {
    if (this.#isReserved()) this.release()
  }

  /** Runs what was held back. */
  release(): void {
    const held = this.#held
    this.#held = []
    for (const action of held) action()
  }
}
