import type { BinaryString } from '../values/binary-string.ts'
import type { Claim } from '../leases/claim.ts'
import { claimsOf, type Ledger } from '../leases/ledger.ts'
import type { LedgerBook } from '../leases/ledger-book.ts'
import type { Owner } from '../records/owners.ts'
import { batchSizeMax, type SignedBatch } from './signed-batch.ts'

/** Most keys noted one by one before they are gathered. */
const notedMax = 65_536

/** A batch of fewer records is small, and of how many records in small batches larger ones are made. */
const smallBatch = 16
const regroupedMin = 1024

/** Signs the records with these ids, 1024 at most. */
export type SignRecords = (ids: readonly BinaryString[]) => SignedBatch

/** Signs what a store's owner has written. To note that it has written a key costs next to nothing. */
export class OwnSeals {
  /** Some come as often as they were written. */
  #noted: BinaryString[] = []
  #gathered = new Set<BinaryString>()
  /** How many records were signed in small batches. */
  #inSmall = 0

  /** A record of the owner's, not signed, is about to become part of a ledger. */
  note({ key, owner }: Claim, before: Ledger | undefined): void {
    // So is the key that it renews, and was noted for that.
    if (before?.holder.owner === owner && !before.holder.isSealed) return
    if (this.#noted.push(key) >= notedMax) this.#gather()
  }

  /** Signs all that is left of what was noted. */
  seal(book: LedgerBook, owner: Owner, sign: SignRecords): void {
    this.#gather()
    if (this.#gathered.size === 0) return
    const claims = [...this.#gathered].flatMap((key) => unsealedOf(book, key, owner))
    this.#gathered.clear()
    for (let start = 0; start < claims.length; start += batchSizeMax) {
      const some = claims.slice(start, start + batchSizeMax)
      const batch = sign(some.map(({ rid }) => rid))
      some.forEach((claim, index) => book.seal(claim, { batch, index }))
      if (some.length < smallBatch) this.#inSmall += some.length
    }
  }

  /**
   * Takes back the signatures of small batches, if there are many, so that `seal` makes large ones of them: to be called
   * before all is sent to somebody, who would have to verify each.
   */
  regroup(book: LedgerBook, owner: Owner): void {
    if (this.#inSmall < regroupedMin) return
    this.#inSmall = 0
    for (const [key, ledger] of book.ledgers()) {
      for (const claim of claimsOf(ledger)) {
        if (claim.owner !== owner || (claim.proof?.batch.size ?? smallBatch) >= smallBatch) continue
        book.unseal(claim)
        this.#gathered.add(key)
      }
    }
  }

  #gather(): void {
    for (const key of this.#noted) this.#gathered.add(key)
    this.#noted = []
  }
}

function unsealedOf(book: LedgerBook, key: BinaryString, owner: Owner): readonly Claim[] {
  const ledger = book.find(key)
  return ledger ? claimsOf(ledger).filter((claim) => claim.owner === owner && !claim.isSealed) : []
}
