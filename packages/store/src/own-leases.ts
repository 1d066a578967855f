import type { BinaryString } from './binary-string.ts'
import { type Claim, endOf } from './claim.ts'

/**
 * The leases of this store's owner, in the order in which they run out, so that none is looked at before its time. One
 * entry per key however often it is renewed.
 */
export class OwnLeases {
  readonly #holders = new Set<Claim>()
  readonly #leaseSeconds: number
  #latestEnd = 0
  #inOrder = true

  constructor(leaseSeconds: number) {
    this.#leaseSeconds = leaseSeconds
  }

  /** A lease was taken or renewed by a claim, which now has its key. */
  renew(holder: Claim): void {
    const end = endOf(holder, this.#leaseSeconds)
    // Own writes come in order. Own records that come back from other replicas after a restart may not.
    if (end < this.#latestEnd) this.#inOrder = false
    else this.#latestEnd = end
    this.#holders.add(holder)
  }

  /** A claim does not have its key any more, or another one has it. */
  forget(holder: Claim): void {
    this.#holders.delete(holder)
  }

  /** No claim is known to have its key. */
  clear(): void {
    this.#holders.clear()
  }

  /** The keys whose leases have run out at a stamp, each told once. */
  takeExpired(stamp: number): BinaryString[] {
    if (!this.#inOrder) this.#sort()
    const expired: BinaryString[] = []
    for (const holder of this.#holders) {
      if (endOf(holder, this.#leaseSeconds) > stamp) break
      this.#holders.delete(holder)
      expired.push(holder.key)
    }
    return expired
  }

  #sort(): void {
    const holders = Array.from(this.#holders).toSorted((x, y) => x.stamp - y.stamp)
    this.#holders.clear()
    for (const holder of holders) this.#holders.add(holder)
    this.#inOrder = true
  }
}
