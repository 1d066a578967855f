import type { BinaryString } from '../values/binary-string.ts'
import { endOf } from './lease-claim.ts'
import { DueKeys } from './due-keys.ts'
import { secondOf } from './hybrid-clock.ts'
import type { KeyState } from './key-state.ts'
import type { Owner } from '../records/owners.ts'

/**
 * When to look at the leases of this store's owner. A key is noted for the second in which its lease ends as it stands, and
 * looked at then: if it was renewed meanwhile, it is noted anew. So to renew a lease, which is what most writes do, costs
 * nothing here.
 */
export class OwnLeases {
  readonly #due = new DueKeys()
  readonly #owner: Owner
  readonly #ephemeral = new Set<BinaryString>()

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** The ephemeral keys that the owner has, or had when their values ended. */
  get ephemeralKeys(): ReadonlySet<BinaryString> {
    return this.#ephemeral
  }

  /** The key state of a key was replaced. */
  onChange(before: KeyState | undefined, { holder }: KeyState): void {
    if (before?.holder === holder) return
    const isOwn = holder.owner === this.#owner
    if (isOwn && holder.ephemeral && holder.isPresent) this.#ephemeral.add(holder.key)
    else if (before?.holder.ephemeral === true) this.#ephemeral.delete(holder.key)
    const end = this.#endOf(holder)
    const noted = this.#endOf(before) ?? 0
    // One that was live is noted already, unless it ends sooner now.
    if (end !== undefined && (holder.timestamp >= noted || end < noted)) this.#due.add(holder.key, secondOf(end))
  }

  /** No lease is known any more. */
  clear(): void {
    this.#due.clear()
    this.#ephemeral.clear()
  }

  /**
   * The keys whose leases have run out at a time, each told once, in the order in which they did.
   * @param find the key state of a key
   */
  popExpired(nowMs: number, find: (key: BinaryString) => KeyState | undefined): BinaryString[] {
    const expired: BinaryString[] = []
    for (const [key, due] of this.#due.take(Math.floor(nowMs / 1000))) {
      const end = secondOf(this.#endOf(find(key)) ?? 0)
      if (end === due) {
        expired.push(key)
        this.#ephemeral.delete(key)
      } else if (end > due) this.#due.add(key, end)
    }
    return expired
  }

  /** When the owner's lease of a key ends; undefined if it has none. */
  #endOf(keyState: KeyState | undefined): number | undefined {
    if (keyState === undefined || keyState.holder.owner !== this.#owner || keyState.holder.leaseSeconds === 0)
      return undefined
    return endOf(keyState.holder)
  }
}
