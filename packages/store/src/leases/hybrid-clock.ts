import { InvalidArgumentError, TimestampsReservedError } from '../errors.ts'

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
 * given out or witnessed before, whatever steps the wall clock makes. Where the clock is persisted, none is above what is reserved on
 * the disk, so that after a crash none is given out twice.
 */
export class HybridClock {
  #latest = 0
  #witnessed = 0
  #ceiling = Number.POSITIVE_INFINITY

  /** The greatest stamp given out or witnessed. */
  get latest(): number {
    return this.#latest
  }

  /**
   * The stamp that the next write would get. Changes nothing. While the wall clock is above the ceiling, the counter goes on
   * below it.
   * @throws {TimestampsReservedError} All stamps below the ceiling are given out.
   */
  peek(nowMs: number): number {
    const byWallClock = Math.floor(checkedTime(nowMs) / 1000) * stampsPerSecond
    const next = this.#latest + 1
    // The beginning of the last second below the ceiling, so that the counter has room.
    const reserved = Math.floor((this.#ceiling - 1) / stampsPerSecond) * stampsPerSecond
    const stamp = Math.max(byWallClock <= this.#ceiling ? byWallClock : reserved, next)
    // A record of another node may be above the ceiling. A stamp must be greater than that.
    if (stamp > this.#ceiling && this.#witnessed <= this.#ceiling) throw new TimestampsReservedError()
    return stamp
  }

  /** Sets the greatest stamp that may be given out: so far they are reserved on the disk. */
  reserve(ceiling: number): void {
    this.#ceiling = ceiling
  }

  /** Gives out a stamp, greater than all before. */
  stamp(nowMs: number): number {
    this.#latest = this.peek(nowMs)
    return this.#latest
  }

  /** Takes note of a stamp in use, so that stamps given out from now on are greater. */
  witness(stamp: number): void {
    if (stamp > this.#latest) this.#latest = stamp
    if (stamp > this.#witnessed) this.#witnessed = stamp
  }
}

/** NaN would compare as neither early nor late, and so pass every check on time. */
function checkedTime(nowMs: number): number {
  if (Number.isFinite(nowMs) && nowMs >= 0) return nowMs
  throw new InvalidArgumentError({ argument: 'nowMs', expected: 'milliseconds since 1970' })
}
