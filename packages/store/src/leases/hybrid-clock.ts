import { InvalidArgumentError, TimestampsReservedError } from '../errors.ts'

/**
 * How many timestamps one second has. A timestamp is `seconds since 1970 * 2^20 + counter`, so it names its second and still
 * orders a million writes within it; it stays a safe integer until the year 2242.
 */
export const timestampsPerSecond: number = 2 ** 20

/** The second, UTC, that a timestamp lies in. */
export function secondOf(timestamp: number): number {
  return Math.floor(timestamp / timestampsPerSecond)
}

/** How many milliseconds a timestamp's second is ahead of a clock; negative when it is past. */
export function millisecondsAhead(timestamp: number, nowMs: number): number {
  return secondOf(timestamp) * 1000 - checkedTime(nowMs)
}

/**
 * A hybrid logical clock (Kulkarni et al., 2014): timestamps follow the wall clock, yet each is greater than every timestamp
 * given out or observed before, whatever steps the wall clock makes. Where the clock is persisted, none is above what is reserved on
 * the disk, so that after a crash none is given out twice.
 */
export class HybridClock {
  #latest = 0
  #observed = 0
  #ceiling = Number.POSITIVE_INFINITY

  /** The greatest timestamp given out or observed. */
  get latest(): number {
    return this.#latest
  }

  /**
   * The timestamp that the next write would get. Changes nothing. While the wall clock is above the ceiling, the counter goes on
   * below it.
   * @throws {TimestampsReservedError} All timestamps below the ceiling are given out.
   */
  peek(nowMs: number): number {
    const byWallClock = Math.floor(checkedTime(nowMs) / 1000) * timestampsPerSecond
    const next = this.#latest + 1
    // The beginning of the last second below the ceiling, so that the counter has room.
    const reserved = Math.floor((this.#ceiling - 1) / timestampsPerSecond) * timestampsPerSecond
    const timestamp = Math.max(byWallClock <= this.#ceiling ? byWallClock : reserved, next)
    // A record of another node may be above the ceiling. A timestamp must be greater than that.
    if (timestamp > this.#ceiling && this.#observed <= this.#ceiling) throw new TimestampsReservedError()
    return timestamp
  }

  /** Sets the greatest timestamp that may be given out: so far they are reserved on the disk. */
  reserve(ceiling: number): void {
    this.#ceiling = ceiling
  }

  /** Gives out a timestamp, greater than all before. */
  timestamp(nowMs: number): number {
    this.#latest = this.peek(nowMs)
    return this.#latest
  }

  /** Takes note of a timestamp in use, so that timestamps given out from now on are greater. */
  observe(timestamp: number): void {
    if (timestamp > this.#latest) this.#latest = timestamp
    if (timestamp > this.#observed) this.#observed = timestamp
  }
}

/** NaN would compare as neither early nor late, and so pass every check on time. */
function checkedTime(nowMs: number): number {
  if (Number.isFinite(nowMs) && nowMs >= 0) return nowMs
  throw new InvalidArgumentError({ argument: 'nowMs', expected: 'milliseconds since 1970' })
}
