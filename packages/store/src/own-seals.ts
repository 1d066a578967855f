import type { BinaryString } from './binary-string.ts'
import type { Claim } from './claim.ts'
import { claimsOf } from './ledger.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { Owner } from './owners.ts'
import { batchSizeMax, SignedBatch } from './signed-batch.ts'

/** Most keys noted one by one before they are gathered. */
const notedMax = 65_536

/** Signs what a store's owner has written. To note that it has written a key costs next to nothing. */
export class OwnSeals {
  /** Some come as often as they were written. */
  #noted: BinaryString[] = []
  #gathered = new Set<BinaryString>()

  /** There is a record of the owner's that is not signed. */
  note(key: BinaryString): void {
    if (this.#noted.push(key) >= notedMax) this.#gather()
  }

  /** Signs all that is left of what was noted. */
  seal(book: LedgerBook, owner: Owner, sign: (root: Uint8Array, size: number) => Uint8Array): void {
    this.#gather()
    if (this.#gathered.size === 0) return
    const claims = [...this.#gathered].flatMap((key) => unsealedOf(book, key, owner))
    this.#gathered.clear()
    for (let start = 0; start < claims.length; start += batchSizeMax) {
      const some = claims.slice(start, start + batchSizeMax)
      const ids = some.map(({ rid }) => rid)
      const batch = SignedBatch.sign(ids, sign)
      some.forEach((claim, index) => book.seal(claim, { batch, index }))
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
