import type { Claim } from '../leases/claim.ts'
import { Fingerprint } from './fingerprint.ts'

/** How many claims to be counted are kept at hand. */
const atHandMax = 4096

/**
 * The fingerprint of all claims of a store, counted when somebody asks for it: what was replaced by then need never be
 * hashed.
 */
export class Census {
  readonly #fingerprint = new Fingerprint()
  /** Uncounted claims: all of them while they are few. */
  readonly #atHand = new Set<Claim>()
  #uncounted = 0

  /** A claim is kept from now on. */
  enter(claim: Claim): void {
    this.#uncounted += 1
    if (this.#atHand.size < atHandMax) this.#atHand.add(claim)
  }

  /** A claim that was kept is not any more. */
  leave(claim: Claim): void {
    if (claim.isCounted) {
      this.#fingerprint.remove(claim.rid)
      return
    }
    this.#uncounted -= 1
    this.#atHand.delete(claim)
  }

  /** The fingerprint of the claims that are kept, `all` of which are gone through only if very many are new. */
  fingerprintOf(all: Iterable<Claim>): Fingerprint {
    if (this.#uncounted > 0) this.#count(this.#atHand.size === this.#uncounted ? this.#atHand : all)
    return this.#fingerprint
  }

  #count(claims: Iterable<Claim>): void {
    for (const claim of claims) {
      if (claim.isCounted) continue
      claim.isCounted = true
      this.#fingerprint.add(claim.rid)
    }
    this.#uncounted = 0
    this.#atHand.clear()
  }
}
