import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { Tombstones } from '../tombstones/tombstones.ts'
import { LazySetDigest } from '../digest/lazy-set-digest.ts'
import { type LeaseClaim, recordFromClaim } from './lease-claim.ts'
import type { SetDigest } from '../digest/set-digest.ts'
import { EphemeralKeys } from '../retention/ephemeral-keys.ts'
import { type GcCutoffs, isCollectable, minuteOf, type Trimming } from '../tombstones/tombstone-gc.ts'
import { claimsOf, type KeyState } from './key-state.ts'
import type { StoreSettings } from '../options.ts'
import type { StoreLimits } from '../limits.ts'
import type { Owners } from '../records/owners.ts'
import type { StoreRecord } from '../records/record.ts'
import type { RecordProof } from '../signing/signed-batch.ts'
import { type KeyChange, Usage } from './store-usage.ts'

/** The ids of the records that a store held at one moment, and at the same place the key of each. */
export interface RecordIds {
  readonly ids: readonly BinaryString[]
  readonly keys: readonly BinaryString[]
}

/** What a comparison leaves out, seconds since 1970: one of the two sides may have dropped it. */
export interface Cut {
  /** Deleted keys of which all is of before. */
  readonly completeSince: number
  /** Ephemeral keys that are garbage at this cutoff. */
  readonly garbageBefore: number
}

/** Everything is compared. */
export const noCut: Cut = { completeSince: 0, garbageBefore: 0 }

/** A set of records in short. */
export interface SetSummary {
  readonly count: number
  readonly digest: SetDigest
}

/** The key states of all keys, and what is counted over them: records, what they take, digest. */
export class KeyIndex {
  /** What the keys take, and whether there is room for more. */
  readonly usage: Usage
  /** Keys that have a value. Apart from the deleted ones, so that going through them is like going through a Map. */
  readonly present: ReadonlyMap<BinaryString, KeyState>
  readonly #present: Map<BinaryString, KeyState>
  readonly #tombstones: Tombstones
  /** Expired tombstones: they are no longer advertised, so they are neither in the digest nor among the records. */
  readonly #expired: Tombstones
  readonly #ephemeral: EphemeralKeys
  readonly #digest = new LazySetDigest()
  #records = 0

  constructor(
    owners: Owners,
    limits: StoreLimits,
    { leaseSecondsMax, signed, drawSeed }: Pick<StoreSettings, 'leaseSecondsMax' | 'signed' | 'drawSeed'>,
  ) {
    this.#ephemeral = new EphemeralKeys(leaseSecondsMax)
    this.#present = new Map()
    this.present = this.#present
    this.usage = new Usage(owners, limits)
    const parts = { usage: this.usage, isSigned: signed, drawSeed }
    this.#tombstones = new Tombstones({ ...parts, isCounted: true })
    this.#expired = new Tombstones({ ...parts, isCounted: false })
  }

  get recordCount(): number {
    return this.#records
  }

  /** How many records are advertised, and the digest of them. */
  get summary(): SetSummary {
    return { count: this.#records, digest: this.#digest.digestOf(this.#claims(noCut)) }
  }

  /** The same without what a comparison leaves out. */
  summaryOf(cut: Cut): SetSummary {
    const all = this.summary
    const summary = { count: all.count, digest: all.digest.copy() }
    const leftOut = new Map<BinaryString, KeyState>()
    const leaveOut = (key: BinaryString): void => {
      const keyState = this.#advertised(key)
      if (keyState) leftOut.set(key, keyState)
    }
    if (cut.completeSince > 0) {
      for (const key of this.#tombstones.keysBefore(cut.completeSince)) leaveOut(key)
    }
    for (const key of this.#ephemeral.garbageAt(cut.garbageBefore, (each) => this.#advertised(each))) leaveOut(key)
    for (const keyState of leftOut.values()) {
      for (const { recordId } of claimsOf(keyState)) summary.digest.remove(recordId)
      summary.count -= claimsOf(keyState).length
    }
    return summary
  }

  find(key: BinaryString): KeyState | undefined {
    return this.#advertised(key) ?? this.#expired.get(key)
  }

  /** Whether a reader sees a value. */
  isVisible(key: BinaryString): boolean {
    return this.#present.has(key)
  }

  /** Whether there are ephemeral keys that are no garbage yet. */
  get hasEphemeral(): boolean {
    return this.#ephemeral.isNeeded
  }

  /** The next second in which the value of an ephemeral key may end; infinite: none ends. */
  get nextEnd(): number {
    return this.#ephemeral.nextEnd
  }

  /** Hides the values that have ended by a second. @returns their keys and key states */
  hideEnded(second: number): readonly (readonly [BinaryString, KeyState])[] {
    return this.#ephemeral
      .popEnded(second, (key) => this.#present.get(key))
      .flatMap((key) => {
        const keyState = this.#present.get(key)
        if (!keyState) return []
        this.#present.delete(key)
        this.#ephemeral.ended.set(key, keyState)
        return [[key, keyState] as const]
      })
  }

  /** Drops the ephemeral keys that are garbage at a cutoff. @returns the keys */
  dropGarbage(cutoff: number): readonly BinaryString[] {
    const keys = this.#ephemeral.popGarbage(cutoff, (key) => this.find(key))
    for (const key of keys) this.remove(key)
    return keys
  }

  recordsOf(key: BinaryString): StoreRecord[] {
    const keyState = this.find(key)
    if (keyState === undefined) return []
    const keyBytes = bytesFromBinary(key)
    return claimsOf(keyState).map((claim) => recordFromClaim(keyBytes, claim))
  }

  recordIds(key: BinaryString): BinaryString[] {
    const keyState = this.find(key)
    return keyState === undefined ? [] : claimsOf(keyState).map(({ recordId }) => recordId)
  }

  /** Gives a kept claim its proof. */
  attachProof(claim: LeaseClaim, proof: RecordProof): void {
    const keyState = this.find(claim.key)
    if (keyState === undefined) return
    this.usage.countProof(claim, keyState, proof)
    // It can be packed now.
    if (this.#tombstones.has(claim.key)) this.#tombstones.set(claim.key, keyState)
  }

  /** Takes a claim's proof away. */
  detachProof(claim: LeaseClaim): void {
    const keyState = this.#tombstones.loosen(claim.key) ?? this.find(claim.key)
    const retained = keyState && claimsOf(keyState).find((other) => other.isSameAs(claim))
    if (retained) this.usage.uncountProof(retained, keyState)
  }

  /** Replaces the key state. */
  commit(entry: KeyChange): void {
    const { key, before, after, claim } = entry
    if (before !== undefined && this.#expired.has(key)) this.#advertiseAgain(key, before)
    this.#digest.add(claim)
    const gone = claimsGone(entry)
    for (const other of gone) this.#digest.remove(other)
    this.#records += 1 - gone.length
    this.usage.replace(entry, gone)
    this.#place(key, before, after)
  }

  /** Removes a key with all its records. */
  remove(key: BinaryString): void {
    const keyState = this.find(key)
    if (keyState === undefined) return
    if (!this.#expired.delete(key)) this.#stopAdvertising(claimsOf(keyState))
    this.#present.delete(key)
    this.#tombstones.delete(key)
    this.#ephemeral.ended.delete(key)
    this.usage.remove(key, keyState)
  }

  /** Collects tombstones: stops advertising the expired ones, and drops those that expired long ago. */
  collectTombstones({ expiredBefore, droppedBefore }: GcCutoffs): BinaryString[] {
    for (const key of this.#tombstones.keysBefore(expiredBefore)) {
      const keyState = this.#tombstones.get(key)
      if (!keyState) continue
      this.#stopAdvertising(claimsOf(keyState))
      this.#tombstones.delete(key)
      this.#expired.set(key, keyState)
    }
    const dropped = this.#expired.keysBefore(droppedBefore)
    for (const key of dropped) this.remove(key)
    return dropped
  }

  /** Makes deleted keys take less memory that were deleted before a second: some of them. */
  packDeleted(second: number): void {
    for (const deleted of [this.#tombstones, this.#expired]) {
      if (!deleted.hasOlder(second)) continue
      // Packed records are those that the digest has.
      if (deleted === this.#tombstones) this.#digest.digestOf(this.#claims(noCut))
      deleted.pack(second)
    }
  }

  /** Drops the oldest deleted keys, whole minutes of them. @returns the keys, and the second before which all were dropped */
  trim({ bytesMax, retainedFrom }: Trimming): { keys: BinaryString[]; before: number } {
    const keys: BinaryString[] = []
    let before = 0
    const minutes = this.#minutesOfDeleted()
    const bytesOfKey = this.usage.deletedBytes / minutes.reduce((sum, { count }) => sum + count, 0)
    let bytesLeft = this.usage.deletedBytes
    for (const [index, { minute, count }] of minutes.entries()) {
      if (minute >= retainedFrom) break
      before = minute + 60
      bytesLeft -= count * bytesOfKey
      const isLast = (minutes[index + 1]?.minute ?? retainedFrom) >= retainedFrom
      if (bytesLeft > bytesMax && !isLast) continue
      // To look for keys takes as long for many minutes as for one.
      for (const key of [...this.#expired.keysBefore(before), ...this.#tombstones.keysBefore(before)]) {
        this.remove(key)
        keys.push(key)
      }
      bytesLeft = this.usage.deletedBytes
      if (bytesLeft <= bytesMax) break
    }
    return { keys, before }
  }

  /** All keys, deleted ones included. */
  *keyStates(): Generator<[BinaryString, KeyState], void, undefined> {
    for (const keyStates of [...this.#advertisedMaps(), this.#expired]) yield* keyStates
  }

  /**
   * All records that are offered to others, without what a comparison leaves out. The store may be written while they are read: a key that is
   * deleted or written again meanwhile comes twice or not at all. Its new record is sent to everyone anyway.
   */
  *records(cut: Cut): Generator<StoreRecord, void, undefined> {
    for (const keyStates of this.#advertisedMaps()) {
      for (const [key, keyState] of keyStates) {
        if (this.#isLeftOut(keyState, cut)) continue
        const keyBytes = bytesFromBinary(key)
        for (const claim of claimsOf(keyState)) yield recordFromClaim(keyBytes, claim)
      }
    }
  }

  /** The records of a key that are advertised. */
  advertisedRecordsOf(key: BinaryString): StoreRecord[] {
    return this.#expired.has(key) ? [] : this.recordsOf(key)
  }

  /** The ids of all records that are advertised, without those that `records` leaves out, and at the same place the key of each. */
  recordIdsOf(cut: Cut): RecordIds {
    const ids: BinaryString[] = []
    const keys: BinaryString[] = []
    for (const claim of this.#claims(cut)) {
      ids.push(claim.recordId)
      keys.push(claim.key)
    }
    return { ids, keys }
  }

  *#claims(cut: Cut): Generator<LeaseClaim, void, undefined> {
    for (const keyStates of this.#advertisedMaps()) {
      for (const keyState of keyStates.values()) if (!this.#isLeftOut(keyState, cut)) yield* claimsOf(keyState)
    }
  }

  #isLeftOut(keyState: KeyState, { completeSince, garbageBefore }: Cut): boolean {
    return isCollectable(keyState, completeSince) || this.#ephemeral.isGarbage(keyState, garbageBefore)
  }

  /** The key state of a key whose records are offered to others. */
  #advertised(key: BinaryString): KeyState | undefined {
    return this.#present.get(key) ?? this.#tombstones.get(key) ?? this.#ephemeral.ended.get(key)
  }

  #advertisedMaps(): readonly (Map<BinaryString, KeyState> | Tombstones)[] {
    return [this.#present, this.#tombstones, this.#ephemeral.ended]
  }

  /** How many keys were deleted in which minutes, by the first second of each, ascending. */
  #minutesOfDeleted(): { readonly minute: number; readonly count: number }[] {
    const counts = new Map<number, number>()
    for (const deleted of [this.#expired, this.#tombstones]) {
      for (const second of deleted.lastSeconds()) counts.set(minuteOf(second), (counts.get(minuteOf(second)) ?? 0) + 1)
    }
    return Array.from(counts, ([minute, count]) => ({ minute, count })).toSorted((x, y) => x.minute - y.minute)
  }

  #stopAdvertising(claims: readonly LeaseClaim[]): void {
    for (const claim of claims) {
      this.#digest.remove(claim)
      claim.isCounted = false
    }
    this.#records -= claims.length
  }

  #advertiseAgain(key: BinaryString, keyState: KeyState): void {
    const claims = claimsOf(keyState)
    for (const claim of claims) this.#digest.add(claim)
    this.#records += claims.length
    this.#expired.delete(key)
    this.#tombstones.set(key, keyState)
  }

  #place(key: BinaryString, before: KeyState | undefined, after: KeyState): void {
    this.#ephemeral.onChange(key, before, after)
    const valued = this.#ephemeral.isEnded(after) ? this.#ephemeral.ended : this.#present
    const to = after.isPresent ? valued : this.#tombstones
    if (before !== undefined && !to.has(key)) for (const from of this.#advertisedMaps()) from.delete(key)
    to.set(key, after)
  }
}

function claimsGone({ before, after, claim }: KeyChange): readonly LeaseClaim[] {
  if (before === undefined) return []
  if (before.others.length === 0 && after.others.length === 0) return [before.holder]
  const retained = new Set(claimsOf(after))
  return claimsOf(before).filter((other) => other !== claim && !retained.has(other))
}
