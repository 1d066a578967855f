import type { LeaseClaim } from '../leases/lease-claim.ts'
import { SetDigest } from './set-digest.ts'

/** How many claims to be counted are kept at hand. */
const atHandMax = 4096

/**
 * The digest of all claims of a store, counted when somebody asks for it: what was replaced by then need never be
 * hashed.
 */
export class LazySetDigest {
  readonly #digest = new SetDigest()
  /** Uncounted claims: all of them while they are few. */
  readonly #pending = new Set<LeaseClaim>()
  #uncounted = 0

  /** A claim is kept from now on. */
  add(claim: LeaseClaim): void {
    this.#uncounted += 1
    if (this.#pending.size < atHandMax) this.#pending.add(claim)
  }

  /** A claim that was kept is not any more. */
  remove(claim: LeaseClaim): void {
    if (claim.isCounted) {
      this.#digest.remove(claim.recordId)
      return
    }
    this.#uncounted -= 1
    this.#pending.delete(claim)
  }

  /** The digest of the claims that are kept, `all` of which are gone through only if very many are new. */
  digestOf(all: Iterable<LeaseClaim>): SetDigest {
    if (this.#uncounted > 0) this.#count(this.#pending.size === this.#uncounted ? this.#pending : all)
    return this.#digest
  }

  #count(claims: Iterable<LeaseClaim>): void {
    for (const claim of claims) {
      if (claim.isCounted) continue
      claim.isCounted = true
      this.#digest.add(claim.recordId)
    }
    this.#uncounted = 0
    this.#pending.clear()
  }
}
