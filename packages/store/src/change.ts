import { type BinaryString, bytesFromBinary } from './values/binary-string.ts'
import { type LeaseClaim, endOf, recordFromClaim } from './leases/lease-claim.ts'
import { claimsOf, type KeyState, valueOf } from './leases/key-state.ts'
import { compareTerms } from './leases/claim-order.ts'
import type { Owner } from './records/owners.ts'
import type { KeyIndex } from './leases/key-index.ts'
import type { StoreRecord } from './records/record.ts'
import { fieldsOf } from './values/last-writer-wins.ts'

/** A value, and the fields that were set one by one after it, if there are any. */
export interface StoredValue {
  readonly value: Uint8Array
  readonly fields: ReadonlyMap<BinaryString, Uint8Array> | undefined
}

/** What a write or a received record changed. It is made for every write, so what few ask for is made on demand. */
export class Change {
  readonly key: BinaryString
  /** What a reader notices; 'expire': the value of an ephemeral key has ended; 'release': the holder has ended its lease, and the value stays; 'none' when a claim was kept that does not have the key, or a deletion of nothing. */
  readonly effect: 'update' | 'delete' | 'expire' | 'release' | 'none'
  /** Id of the node that has the key afterwards. Without leases: of the latest writer. */
  readonly owner: string
  /** Timestamp of its write. */
  readonly timestamp: number
  /** The length of the lease that it has of it afterwards; 0: none. */
  readonly leaseSeconds: number
  /** The store's owner had the lease of the key, and another claim took it before it ran out. */
  readonly leaseLost: boolean
  /** A later write of the same lease term with the same value: its record can travel without the value. */
  readonly isRenewal: boolean
  readonly #before: KeyState | undefined
  readonly #after: KeyState
  readonly #claims: readonly LeaseClaim[]
  readonly #book: Pick<KeyIndex, 'find'>

  /** @param options.before - What a reader saw before; undefined if it saw no value. @param options.book that of the store, to find out later what was replaced */
  constructor(
    told: Pick<Change, 'key' | 'effect' | 'leaseLost'> & { readonly isRenewal?: boolean },
    options: {
      readonly before: KeyState | undefined
      readonly after: KeyState
      readonly claims: readonly LeaseClaim[]
      readonly book: Pick<KeyIndex, 'find'>
    },
  ) {
    const { before, after, claims, book } = options
    this.key = told.key
    this.effect = told.effect
    this.owner = after.holder.owner.id
    this.timestamp = after.holder.timestamp
    this.leaseSeconds = after.holder.leaseSeconds
    this.leaseLost = told.leaseLost
    this.isRenewal = told.isRenewal ?? false
    this.#before = before
    this.#after = after
    this.#claims = claims
    this.#book = book
  }

  /** The value afterwards. It may be the store's own array: do not change it. */
  get value(): Uint8Array | undefined {
    return valueOf(this.#after)
  }

  /** What a reader saw before; undefined if it saw no value. The bytes may be the store's own: do not change them. */
  get previous(): StoredValue | undefined {
    const before = this.#before
    const value = before && valueOf(before)
    return before && value && { value, fields: fieldsOf(before) }
  }

  /**
   * What to send to the other replicas. Of a write: the new record first, then the one that it supersedes if it began
   * a lease term. Of a received record: that record. Records that were replaced meanwhile are among them; in a store of
   * signed records they have no proof.
   */
  get records(): readonly StoreRecord[] {
    return this.#claims.map((claim) => recordFromClaim(bytesFromBinary(this.key), claim))
  }

  /** As `records`, without those that were replaced meanwhile: nobody needs them. */
  get latestRecords(): readonly StoreRecord[] {
    const keyState = this.#book.find(this.key)
    const retained = keyState ? claimsOf(keyState) : []
    const latest = this.#claims.filter((claim) => retained.includes(claim))
    return latest.map((claim) => recordFromClaim(bytesFromBinary(this.key), claim))
  }
}

/** What became of a received record. */
export type ApplyResult =
  /** It changed the state: pass it on. */
  | { readonly outcome: 'accepted'; readonly change: Change }
  /** It is held already. */
  | { readonly outcome: 'known' }
  /** What is held outdates it. */
  | { readonly outcome: 'stale' }
  /** It is ahead of the clock and kept aside, perhaps since earlier; `releaseDue` gives it back. */
  | { readonly outcome: 'quarantined'; readonly aheadMs: number; readonly wasKnown: boolean }
  /** It is further ahead of the clock here than `limits.driftMsRefused`: one of the two clocks is wrong. */
  | { readonly outcome: 'too-far-ahead'; readonly aheadMs: number }
  /** This replica has no room for it; others may. The limit is named as in StoreLimits. */
  | { readonly outcome: 'full'; readonly limit: string }
  /** No honest replica sends it. */
  | { readonly outcome: 'invalid'; readonly reason: string }
  /** Its owner did not write it. */
  | { readonly outcome: 'forged' }

/**
 * What a reader notices of one key state being replaced by the next.
 * @param before undefined if the reader saw no value @param options.isVisible whether the reader sees a value afterwards
 */
export function effectOf(
  before: KeyState | undefined,
  after: KeyState,
  options: { readonly isVisible: boolean },
): Change['effect'] {
  const hadValue = before?.isPresent === true
  if (!options.isVisible && after.isPresent) return hadValue ? 'expire' : 'none'
  if (!after.isPresent) return hadValue ? 'delete' : 'none'
  if (!hadValue) return 'update'
  if (isRenewal(before, after)) return endsLease(before, after) ? 'release' : 'none'
  if (before.holder !== after.holder || !hasSameValue(before, after)) return 'update'
  return hasSameFields(before, after) ? 'none' : 'update'
}

/** A later write of the same lease term with the same value tells a reader nothing. */
export function isRenewal(before: KeyState, after: KeyState): boolean {
  const [earlier, later] = [before.base, after.base]
  const isOfHolders = earlier !== undefined && earlier === before.holder && later === after.holder
  return isOfHolders && compareTerms(earlier, later) === 0 && later.hasValueOf(earlier)
}

/** Whether a lease was held before, and is released now: a node that waits for the key may have it. */
function endsLease(before: KeyState, after: KeyState): boolean {
  return before.holder.leaseSeconds > 0 && after.holder.leaseSeconds === 0
}

/** An empty value that gives way to another one is the same to a reader. */
function hasSameValue(before: KeyState, after: KeyState): boolean {
  return before.base === after.base || ((before.base?.valueBytes ?? 0) === 0 && (after.base?.valueBytes ?? 0) === 0)
}

/** A field may change, or go with an older value, while the latest write stays the same. */
function hasSameFields(before: KeyState, after: KeyState): boolean {
  const [fieldsBefore, fieldsAfter] = [before, after].map((keyState) =>
    claimsOf(keyState).filter(({ field }) => field !== undefined),
  )
  return (
    fieldsBefore?.length === fieldsAfter?.length &&
    fieldsAfter?.every((claim) => fieldsBefore?.includes(claim)) === true
  )
}

/** Whether an owner's lease was taken from it. One that had run out when the next was granted was not. */
export function losesLease(before: KeyState | undefined, after: KeyState, owner: Owner): boolean {
  if (before === undefined || before.holder.owner !== owner) return false
  return after.holder.owner !== owner && after.granted < endOf(before.holder)
}
