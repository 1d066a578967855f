/** A rate that may be exceeded for a while: tokens come at the rate, and wait up to a number. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #tokensMax: number
  #tokens: number
  #filledAt: number

  /** @param options.tokens with how many it begins, default full @param options.now monotonic milliseconds */
  constructor(options: { perSecond: number; tokensMax: number; now: number; tokens?: number | undefined }) {
    this.#perSecond = options.perSecond
    this.#tokensMax = options.tokensMax
    this.#tokens = options.tokens ?? options.tokensMax
    this.#filledAt = options.now
  }

  /** How many tokens there are; fewer than 0 if more were taken than there were. */
  tokens(now: number): number {
    const seconds = Math.max(0, now - this.#filledAt) / 1000
    this.#tokens = Math.min(this.#tokensMax, this.#tokens + seconds * this.#perSecond)
    this.#filledAt = now
    return this.#tokens
  }

  spend(tokens: number): void {
    this.#tokens -= tokens
  }
}
