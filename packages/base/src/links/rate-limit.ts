/** Rates granted to a peer. */
export interface RateLimits {
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  /** How many seconds' worth may come at once. */
  readonly burstSeconds: number
}

/** Two token buckets, one of messages and one of bytes. Either may be below zero: the peer then waits until both are not. */
export interface RateLimit {
  readonly messages: number
  readonly bytes: number
  readonly filledAt: number
}

export function startRateLimit(limits: RateLimits, now: number): RateLimit {
  return {
    messages: limits.messagesPerSecond * limits.burstSeconds,
    bytes: limits.bytesPerSecond * limits.burstSeconds,
    filledAt: now,
  }
}

/** Takes one message of so many bytes out of the buckets. */
export function takeMessage(state: RateLimit, bytes: number): RateLimit {
  return { messages: state.messages - 1, bytes: state.bytes - bytes, filledAt: state.filledAt }
}

/** What the time since the last filling has added. */
export function refill(state: RateLimit, limits: RateLimits, now: number): RateLimit {
  const seconds = Math.max(0, now - state.filledAt) / 1000
  return {
    messages: Math.min(
      limits.messagesPerSecond * limits.burstSeconds,
      state.messages + seconds * limits.messagesPerSecond,
    ),
    bytes: Math.min(limits.bytesPerSecond * limits.burstSeconds, state.bytes + seconds * limits.bytesPerSecond),
    filledAt: now,
  }
}

/** Whether the peer must wait before more is read from it. */
export function isExhausted(state: RateLimit): boolean {
  return state.messages < 1 || state.bytes < 1
}
