import type { BinaryString } from '../values/binary-string.ts'
import type { LeaseClaim } from '../leases/lease-claim.ts'
import { claimsOf, type KeyState } from '../leases/key-state.ts'
import type { KeyIndex } from '../leases/key-index.ts'
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
export class SigningQueue {
  /** Some come as often as they were written. */
  #queue: BinaryString[] = []
  #distinct = new Set<BinaryString>()
  /** How many records were signed in small batches. */
  #inSmall = 0

  /** A record of the owner's, not signed, is about to become part of a key state. */
  enqueue({ key, owner }: LeaseClaim, before: KeyState | undefined): void {
    // So is the key that it renews, and was noted for that.
    if (before?.holder.owner === owner && !before.holder.isSigned) return
    if (this.#queue.push(key) >= notedMax) this.#gather()
  }

  /** Signs all that is left of what was noted. */
  signAll(book: KeyIndex, owner: Owner, sign: SignRecords): void {
    this.#gather()
    if (this.#distinct.size === 0) return
    const claims = [...this.#distinct].flatMap((key) => unsignedOf(book, key, owner))
    this.#distinct.clear()
    for (let start = 0; start < claims.length; start += batchSizeMax) {
      const some = claims.slice(start, start + batchSizeMax)
      const batch = sign(some.map(({ recordId }) => recordId))
      some.forEach((claim, index) => book.attachProof(claim, { batch, index }))
      if (some.length < smallBatch) this.#inSmall += some.length
    }
  }

  /**
   * Takes back the signatures of small batches, if there are many, so that `signAll` makes large ones of them: to be called
   * before all is sent to somebody, who would have to verify each.
   */
  regroup(book: KeyIndex, owner: Owner): void {
    if (this.#inSmall < regroupedMin) return
    this.#inSmall = 0
    for (const [key, keyState] of book.keyStates()) {
      for (const claim of claimsOf(keyState)) {
        if (claim.owner !== owner || (claim.proof?.batch.size ?? smallBatch) >= smallBatch) continue
        book.detachProof(claim)
        this.#distinct.add(key)
      }
    }
  }

  #gather(): void {
    for (const key of this.#queue) this.#distinct.add(key)
    this.#queue = []
  }
}

function unsignedOf(book: KeyIndex, key: BinaryString, owner: Owner): readonly LeaseClaim[] {
  const keyState = book.find(key)
  return keyState ? claimsOf(keyState).filter((claim) => claim.owner === owner && !claim.isSigned) : []
}
