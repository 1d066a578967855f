/** What each link may do at most so often a minute, and as often at once. */
export class LinkQuota<L> {
  readonly #perMinute: number
  readonly #buckets = new Map<L, { tokens: number; at: number }>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Whether a link may do it once more. @param now monotonic milliseconds */
  take(link: L, now: number): boolean {
    const { tokens, at } = this.#buckets.get(link) ?? { tokens: this.#perMinute, at: now }
    const filled = Math.min(this.#perMinute, tokens + ((now - at) * this.#perMinute) / 60_000)
    const isGranted = filled >= 1
    this.#buckets.set(link, { tokens: isGranted ? filled - 1 : filled, at: now })
    return isGranted
  }

  delete(link: L): void {
    this.#buckets.delete(link)
  }
}
