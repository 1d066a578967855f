import { InvalidArgumentError } from '../errors.ts'

/**
 * How many stamps one second has. A stamp is `seconds since 1970 * 2^20 + counter`, so it names its second and still
 * orders a million writes within it; it stays a safe integer until the year 2242.
 */
export const stampsPerSecond: number = 2 ** 20

/** The second, UTC, that a stamp lies in. */
export function secondOf(stamp: number): number {
  return Math.floor(stamp / stampsPerSecond)
}

/** How many milliseconds a stamp's second is ahead of a clock; negative when it is past. */
export function millisecondsAhead(stamp: number, nowMs: number): number {
  return secondOf(stamp) * 1000 - checkedTime(nowMs)
}

/**
 * A hybrid logical clock (Kulkarni et al., 2014): stamps follow the wall clock, yet each is greater than every stamp
 * given out or witnessed before, whatever steps the wall clock makes.
 */
export class HybridClock {
  #latest = 0

  /** The greatest stamp given out or witnessed. */
  get latest(): number {
    return this.#latest
  }

  /** The stamp that the next write would get. Changes nothing. */
  peek(nowMs: number): number {
    return Math.max(Math.floor(checkedTime(nowMs) / 1000) * stampsPerSecond, this.#latest + 1)
  }

  /** Gives out a stamp, greater than all before. */
  stamp(nowMs: number): number {
    this.#latest = this.peek(nowMs)
    return this.#latest
  }

  /** Takes note of a stamp in use, so that stamps given out from now on are greater. */
  witness(stamp: number): void {
    if (stamp > this.#latest) this.#latest = stamp
  }
}

/** NaN would compare as neither early nor late, and so pass every check on time. */
function checkedTime(nowMs: number): number {
  if (Number.isFinite(nowMs) && nowMs >= 0) return nowMs
  throw new InvalidArgumentError({ argument: 'nowMs', expected: 'milliseconds since 1970' })
}
