import type { BinaryString } from '../values/binary-string.ts'
import type { LeaseClaim } from './lease-claim.ts'
import { aloneBytes, packedBytes } from '../tombstones/packed-layout.ts'
import { claimsOf, type KeyState } from './key-state.ts'
import { recordOverheadBytes, type StoreLimits } from '../limits.ts'
import type { Owner, Owners } from '../records/owners.ts'
import type { RecordProof } from '../signing/signed-batch.ts'

/** One key state about to be replaced by the next, which has one claim more and may lack others. */
export interface KeyChange {
  readonly key: BinaryString
  readonly before: KeyState | undefined
  readonly after: KeyState
  readonly claim: LeaseClaim
}

/** Deleted keys may take this many times `tombstoneBytesMax` until they are old enough to be dropped. */
const tombstonesAtOnce = 2
/** What a deleted key is counted as beyond its records: with it, about what all of it takes in memory. */
const deletedOverheadBytes = 160
/** How much less a packed one takes. */
const packedSaving = deletedOverheadBytes + recordOverheadBytes - packedBytes
/** Above this share of `keysMax`, the owner with most keys gets no more. */
const fairShare = 0.5

/** What the keys of a store take, those with a value and the deleted ones apart, and whether there is room for more. */
export class Usage {
  readonly #owners: Owners
  readonly #limits: StoreLimits
  readonly #bytes = { present: 0, deleted: 0 }
  #keys = 0

  constructor(owners: Owners, limits: StoreLimits) {
    this.#owners = owners
    this.#limits = limits
  }

  /** How many keys have a value. */
  get keys(): number {
    return this.#keys
  }

  /** Bytes of the records of keys that have a value. */
  get bytes(): number {
    return this.#bytes.present
  }

  /** Bytes of the records of deleted keys. */
  get deletedBytes(): number {
    return this.#bytes.deleted
  }

  /** The limit that leaves no room for an entry. */
  limitMet(entry: KeyChange, self: Owner): keyof StoreLimits | undefined {
    const { before, after, claim } = entry
    const { fieldsPerKeyMax, keysPerOwnerMax } = this.#limits
    if (!after.isPresent) return this.#tombstoneLimitMet(entry, self)
    const limit = this.#limitMetBy(before?.isPresent === true ? 0 : 1, growthOf(entry))
    if (limit !== undefined) return limit
    if (claim.field !== undefined && fieldCount(after) > fieldsPerKeyMax) return 'fieldsPerKeyMax'
    const isNewToOwner = before?.isPresent !== true || !hasOwner(claimsOf(before), claim.owner)
    if (!isNewToOwner) return undefined
    if (claim.owner.keys >= keysPerOwnerMax) return 'keysPerOwnerMax'
    return this.#hasFairShare(claim.owner) ? 'keysMax' : undefined
  }

  /** As `limitMet`, for entries of different keys that one owner writes together, or not at all. */
  limitMetByAll(entries: readonly KeyChange[], self: Owner): keyof StoreLimits | undefined {
    const isNew = ({ before }: KeyChange): boolean => before?.isPresent !== true
    const keys = entries.filter(isNew).length
    const limit = this.#limitMetBy(
      keys,
      entries.reduce((bytes, entry) => bytes + growthOf(entry), 0),
    )
    if (limit !== undefined) return limit
    if (keys > 0 && self.keys + keys > this.#limits.keysPerOwnerMax) return 'keysPerOwnerMax'
    for (const entry of entries) {
      const met = this.limitMet(entry, self)
      if (met !== undefined) return met
    }
    return undefined
  }

  /** Gives a kept claim its proof. */
  countProof(claim: LeaseClaim, keyState: KeyState, proof: RecordProof): void {
    claim.attachProof(proof)
    this.#bytes[kindOf(keyState)] += proof.batch.retain(proof.index)
  }

  /** Takes a claim's proof away. */
  uncountProof(claim: LeaseClaim, keyState: KeyState): void {
    const { proof } = claim
    if (!proof) return
    this.#bytes[kindOf(keyState)] += proof.batch.release(proof.index)
    claim.detachProof()
  }

  /** A key state takes the place of another. @param gone the claims that the next one lacks */
  replace({ key, before, after, claim }: KeyChange, gone: readonly LeaseClaim[]): void {
    const { proof } = claim
    const kind = kindOf(after)
    if (proof) this.#bytes[kind] += proof.batch.retain(proof.index)
    this.#bytes[kind] += bytesOfKeyState(key, after)
    if (before !== undefined) {
      this.#bytes[kindOf(before)] -= bytesOfKeyState(key, before)
      for (const other of gone) this.uncountProof(other, before)
      if (before.isPresent !== after.isPresent) this.#moveProofs(before, after, claim)
    }
    this.#countOwners(before, after)
  }

  /** A key is there no more. */
  remove(key: BinaryString, keyState: KeyState): void {
    for (const claim of claimsOf(keyState)) this.uncountProof(claim, keyState)
    this.#bytes[kindOf(keyState)] -= bytesOfKeyState(key, keyState)
    this.#countOwners(keyState, undefined)
  }

  /** A deleted key is packed: it takes less from now on, and so does its proof. */
  pack({ proof }: LeaseClaim): void {
    this.#bytes.deleted -= packedSaving
    if (!proof) return
    const { batch, index } = proof
    // A batch of one record is part of the entry.
    this.#bytes.deleted += batch.size > 1 ? batch.pack() : batch.release(index) + aloneBytes
  }

  /** It is not packed any more. */
  unpack(): void {
    this.#bytes.deleted += packedSaving
  }

  #limitMetBy(keys: number, growth: number): keyof StoreLimits | undefined {
    const { keysMax, bytesMax } = this.#limits
    if (keys > 0 && this.#keys + keys > keysMax) return 'keysMax'
    return growth > 0 && this.#bytes.present + growth > bytesMax ? 'bytesMax' : undefined
  }

  /** Deleting is the way out of a full store; but anyone can delete what never was. */
  #tombstoneLimitMet({ key, before, after, claim }: KeyChange, self: Owner): keyof StoreLimits | undefined {
    if (before !== undefined || claim.owner === self) return undefined
    const bytes = this.#bytes.deleted + bytesOfKeyState(key, after)
    return bytes > this.#limits.tombstoneBytesMax * tombstonesAtOnce ? 'tombstoneBytesMax' : undefined
  }

  /** One owner must not take the room of all others. */
  #hasFairShare(owner: Owner): boolean {
    return this.#keys >= this.#limits.keysMax * fairShare && owner.keys < this.#keys && this.#owners.hasMost(owner)
  }

  /** The proofs of what stays of a key go with it. */
  #moveProofs(before: KeyState, after: KeyState, added: LeaseClaim): void {
    for (const claim of claimsOf(after)) {
      const { proof } = claim
      if (claim === added || !proof) continue
      const { batch, index } = proof
      batch.hold()
      this.#bytes[kindOf(before)] += batch.release(index)
      this.#bytes[kindOf(after)] += batch.retain(index)
      batch.letGo()
    }
  }

  #countOwners(before: KeyState | undefined, after: KeyState | undefined): void {
    const [was, is] = [before?.isPresent === true, after?.isPresent === true]
    this.#keys += Number(is) - Number(was)
    if (was === is && isOfOneOwner(before, after)) return
    const [ownersBefore, ownersAfter] = [ownersOf(before), ownersOf(after)]
    for (const owner of ownersAfter) this.#owners.addKeyState(owner, is)
    for (const owner of ownersBefore) this.#owners.removeKeyState(owner, was)
  }
}

/** The bytes that a record is counted as, besides its key and its proof. */
function bytesOf(claim: LeaseClaim): number {
  return recordOverheadBytes + claim.valueBytes + (claim.field?.length ?? 0)
}

function bytesOfKeyState(key: BinaryString, keyState: KeyState): number {
  const records = keyState.others.length + 1
  const bytes = (keyState.isPresent ? 0 : deletedOverheadBytes) + records * key.length + bytesOf(keyState.holder)
  return records === 1 ? bytes : keyState.others.reduce((sum, claim) => sum + bytesOf(claim), bytes)
}

/** By how much the bytes of keys with a value grow. */
function growthOf({ key, before, after, claim }: KeyChange): number {
  const growth = bytesOfKeyState(key, after) - (before?.isPresent === true ? bytesOfKeyState(key, before) : 0)
  return growth + (claim.proof?.batch.uncountedBytes ?? 0)
}

function kindOf(keyState: KeyState): 'present' | 'deleted' {
  return keyState.isPresent ? 'present' : 'deleted'
}

/** As for most keys, of which one owner has the only claim. */
function isOfOneOwner(before: KeyState | undefined, after: KeyState | undefined): boolean {
  if (before === undefined || after === undefined || before.others.length > 0 || after.others.length > 0) return false
  return before.holder.owner === after.holder.owner
}

function ownersOf(keyState: KeyState | undefined): ReadonlySet<Owner> {
  return new Set(keyState === undefined ? [] : claimsOf(keyState).map(({ owner }) => owner))
}

function fieldCount(keyState: KeyState): number {
  return claimsOf(keyState).reduce((count, claim) => count + (claim.field === undefined ? 0 : 1), 0)
}

function hasOwner(claims: readonly LeaseClaim[], owner: Owner): boolean {
  return claims.some((claim) => claim.owner === owner)
}
