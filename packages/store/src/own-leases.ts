import type { BinaryString } from './binary-string.ts'

/**
 * The leases of this store's owner, in the order in which they run out, so that none is looked at before its time. One
 * entry per key however often it is renewed.
 */
export class OwnLeases {
  readonly #endByKey = new Map<BinaryString, number>()
  #latestEnd = 0
  #inOrder = true

  /** A lease was taken or renewed; it ends at the stamp `end`. */
  renew(key: BinaryString, end: number): void {
    // Own writes come in order. Own records that come back from other replicas after a restart may not.
    if (end < this.#latestEnd) this.#inOrder = false
    else this.#latestEnd = end
    this.#endByKey.delete(key)
    this.#endByKey.set(key, end)
  }

  /** A lease was given up or lost. */
  forget(key: BinaryString): void {
    this.#endByKey.delete(key)
  }

  /** The keys whose leases have run out at a stamp, each told once. */
  takeExpired(stamp: number): BinaryString[] {
    if (!this.#inOrder) this.#sort()
    const expired: BinaryString[] = []
    for (const [key, end] of this.#endByKey) {
      if (end > stamp) break
      this.#endByKey.delete(key)
      expired.push(key)
    }
    return expired
  }

  #sort(): void {
    const entries = Array.from(this.#endByKey).toSorted(([, x], [, y]) => x - y)
    this.#endByKey.clear()
    for (const [key, end] of entries) this.#endByKey.set(key, end)
    this.#inOrder = true
  }
}
