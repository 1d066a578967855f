import { TokenBucket } from './token-bucket.ts'

/** Lets each link do something a number of times per minute, and as many times at once. */
export class LinkQuota<L> {
  readonly #perMinute: number
  readonly #buckets = new Map<L, TokenBucket>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Whether a link may do it once more. @param now monotonic milliseconds */
  hasRoom(link: L, now: number): boolean {
    return this.#bucketOf(link, now).tokens(now) >= 1
  }

  /** A link has done it, once or more often. */
  spend(link: L, now: number, times = 1): void {
    this.#bucketOf(link, now).spend(times)
  }

  delete(link: L): void {
    this.#buckets.delete(link)
  }

  #bucketOf(link: L, now: number): TokenBucket {
    const known = this.#buckets.get(link)
    if (known) return known
    const bucket = new TokenBucket({ perSecond: this.#perMinute / 60, tokensMax: this.#perMinute, now })
    this.#buckets.set(link, bucket)
    return bucket
  }
}
