import type { BinaryString } from '../values/binary-string.ts'
import { stampsPerSecond } from './hybrid-clock.ts'

/**
 * When to look at the leases of this store's owner. A key is noted for the second in which its lease ends as it stands, and
 * looked at then: if it was renewed meanwhile, it is noted anew. So to renew a lease, which is what most writes do, costs
 * nothing here.
 */
export class OwnLeases {
  /** Keys by the second, since 1970, in which they are looked at. */
  readonly #due = new Map<number, Set<BinaryString>>()
  #next = Number.POSITIVE_INFINITY

  /** A lease was taken. @param end the first stamp at which it has run out */
  note(key: BinaryString, end: number): void {
    const second = end / stampsPerSecond
    const keys = this.#due.get(second)
    if (keys) keys.add(key)
    else this.#due.set(second, new Set([key]))
    this.#next = Math.min(this.#next, second)
  }

  /** No lease is known any more. */
  clear(): void {
    this.#due.clear()
    this.#next = Number.POSITIVE_INFINITY
  }

  /**
   * The keys whose leases have run out at a stamp, each told once, in the order in which they did.
   * @param endOf when the lease that the owner has of a key ends; undefined if it has none
   */
  takeExpired(stamp: number, endOf: (key: BinaryString) => number | undefined): BinaryString[] {
    const now = stamp / stampsPerSecond
    const expired: BinaryString[] = []
    while (this.#next <= now) {
      const second = this.#next
      const keys = this.#due.get(second) ?? []
      this.#due.delete(second)
      // There are at most as many as a lease has seconds.
      this.#next = Math.min(...this.#due.keys(), Number.POSITIVE_INFINITY)
      for (const key of keys) {
        const end = endOf(key) ?? 0
        if (end === second * stampsPerSecond) expired.push(key)
        else if (end > second * stampsPerSecond) this.note(key, end)
      }
    }
    return expired
  }
}
