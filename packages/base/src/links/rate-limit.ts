/** Rates granted to a peer. */
export interface RateLimits {
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  /** Microseconds of processor time. */
  readonly workPerSecond: number
  /** How many seconds' worth may come at once. */
  readonly burstSeconds: number
}

/** Three token buckets: messages, bytes, and work in microseconds. Each may be below zero: the peer then waits until none is. */
export interface RateLimit {
  readonly messages: number
  readonly bytes: number
  readonly work: number
  readonly filledAt: number
}

export function startRateLimit(limits: RateLimits, now: number): RateLimit {
  return {
    messages: limits.messagesPerSecond * limits.burstSeconds,
    bytes: limits.bytesPerSecond * limits.burstSeconds,
    work: limits.workPerSecond * limits.burstSeconds,
    filledAt: now,
  }
}

/** Takes one message of so many bytes out of the buckets. */
export function chargeMessage(state: RateLimit, bytes: number): RateLimit {
  return { ...state, messages: state.messages - 1, bytes: state.bytes - bytes }
}

/** Takes work out of its bucket. */
export function chargeWork(state: RateLimit, microseconds: number): RateLimit {
  return { ...state, work: state.work - microseconds }
}

/** What the time since the last filling has added. */
export function refill(state: RateLimit, limits: RateLimits, now: number): RateLimit {
  const seconds = Math.max(0, now - state.filledAt) / 1000
  const fill = (tokens: number, perSecond: number): number =>
    Math.min(perSecond * limits.burstSeconds, tokens + seconds * perSecond)
  return {
    messages: fill(state.messages, limits.messagesPerSecond),
    bytes: fill(state.bytes, limits.bytesPerSecond),
    work: fill(state.work, limits.workPerSecond),
    filledAt: now,
  }
}

/** Whether the peer must wait before more is read from it. */
export function isExhausted(state: RateLimit): boolean {
  return state.messages < 1 || state.bytes < 1 || state.work < 1
}
