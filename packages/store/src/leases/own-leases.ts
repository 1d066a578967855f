import type { BinaryString } from '../values/binary-string.ts'
import { endOf } from './claim.ts'
import { stampsPerSecond } from './hybrid-clock.ts'
import type { Ledger } from './ledger.ts'
import type { Owner } from '../records/owners.ts'

/**
 * When to look at the leases of this store's owner. A key is noted for the second in which its lease ends as it stands, and
 * looked at then: if it was renewed meanwhile, it is noted anew. So to renew a lease, which is what most writes do, costs
 * nothing here.
 */
export class OwnLeases {
  /** Keys by the second, since 1970, in which they are looked at. */
  readonly #due = new Map<number, Set<BinaryString>>()
  readonly #owner: Owner
  #next = Number.POSITIVE_INFINITY

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** The ledger of a key was replaced. */
  onChange(before: Ledger | undefined, { holder }: Ledger): void {
    if (before?.holder === holder) return
    const end = this.#endOf(holder)
    const noted = this.#endOf(before) ?? 0
    // One that was live is noted already, unless it ends sooner now.
    if (end !== undefined && (holder.stamp >= noted || end < noted)) this.#note(holder.key, end)
  }

  #note(key: BinaryString, end: number): void {
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
   * The keys whose leases have run out at a time, each told once, in the order in which they did.
   * @param find the ledger of a key
   */
  takeExpired(nowMs: number, find: (key: BinaryString) => Ledger | undefined): BinaryString[] {
    const now = Math.floor(nowMs / 1000)
    const expired: BinaryString[] = []
    while (this.#next <= now) {
      const second = this.#next
      const keys = this.#due.get(second) ?? []
      this.#due.delete(second)
      // There are at most as many as a lease has seconds.
      this.#next = Math.min(...this.#due.keys(), Number.POSITIVE_INFINITY)
      for (const key of keys) {
        const end = this.#endOf(find(key)) ?? 0
        if (end === second * stampsPerSecond) expired.push(key)
        else if (end > second * stampsPerSecond) this.#note(key, end)
      }
    }
    return expired
  }

  /** When the owner's lease of a key ends; undefined if it has none. */
  #endOf(ledger: Ledger | undefined): number | undefined {
    if (ledger === undefined || ledger.holder.owner !== this.#owner || ledger.holder.leaseSeconds === 0)
      return undefined
    return endOf(ledger.holder)
  }
}
