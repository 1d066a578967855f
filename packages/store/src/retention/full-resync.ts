import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { Change, effectOf } from '../change.ts'
import { recordFromClaim } from '../leases/lease-claim.ts'
import { secondOf } from '../leases/hybrid-clock.ts'
import { claimsOf, type KeyState } from '../leases/key-state.ts'
import type { KeyIndex } from '../leases/key-index.ts'
import type { Owner } from '../records/owners.ts'
import type { StoreRecord } from '../records/record.ts'

/**
 * What a replica does that was without contact for longer than others remember what they delete: it would bring back
 * deleted values. It drops what is not its own, or was there to be had before contact was lost, and takes from the
 * others what is still there. What its owner wrote since, nobody else has.
 * @returns what changed for a reader
 */
export function dropRemoteState(
  book: KeyIndex,
  options: {
    readonly owner: Owner
    /** When contact was lost, milliseconds since 1970. */
    readonly sinceMs: number
    /** Puts a record back. */
    readonly merge: (record: StoreRecord) => void
  },
): Change[] {
  const { owner, sinceMs, merge } = options
  const sinceSecond = Math.floor(sinceMs / 1000)
  const changes: Change[] = []
  for (const [key, before] of [...book.keyStates()]) {
    const retained = claimsOf(before).filter(
      (claim) => claim.owner === owner && secondOf(claim.timestamp) >= sinceSecond,
    )
    const seen = book.isVisible(key) ? before : undefined
    book.remove(key)
    for (const claim of retained) merge(recordFromClaim(bytesFromBinary(key), claim))
    const change = changeOfDrop(book, key, { before, seen })
    if (change.effect !== 'none') changes.push(change)
  }
  return changes
}

/** @param keyStates.seen undefined: a reader saw no value */
function changeOfDrop(
  book: KeyIndex,
  key: BinaryString,
  { before, seen }: { readonly before: KeyState; readonly seen: KeyState | undefined },
): Change {
  const after = book.find(key)
  const { holder, granted } = before
  const left = after ?? { isPresent: false, base: undefined, holder, granted, others: [] }
  const isSame = after !== undefined && isSameToReader(before, after)
  const effect = isSame ? 'none' : effectOf(seen, left, { isVisible: book.isVisible(key) })
  return new Change({ key, effect, leaseLost: false }, { before: seen, after: left, claims: [], book })
}

/** Claims that were put back are other objects. What is left is part of what was there. */
function isSameToReader(before: KeyState, after: KeyState): boolean {
  const hasSameBase = before.base === undefined || after.base?.isSameAs(before.base) === true
  return after.holder.isSameAs(before.holder) && hasSameBase && fieldCount(before) === fieldCount(after)
}

function fieldCount(keyState: KeyState): number {
  return claimsOf(keyState).filter(({ field }) => field !== undefined).length
}
