import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { DeletedKeys } from '../deletions/deleted-keys.ts'
import { Census } from '../digest/census.ts'
import { type Claim, recordFromClaim } from './claim.ts'
import type { Fingerprint } from '../digest/fingerprint.ts'
import { EphemeralKeys } from '../retention/ephemeral-keys.ts'
import { type Cutoffs, isForgettable, minuteOf, type Trimming } from '../retention/forgetting.ts'
import { claimsOf, type Ledger } from './ledger.ts'
import type { StoreSettings } from '../options.ts'
import type { StoreLimits } from '../limits.ts'
import type { Owners } from '../records/owners.ts'
import type { StoreRecord } from '../records/record.ts'
import type { RecordProof } from '../signing/signed-batch.ts'
import { type Entry, Usage } from './usage.ts'

/** What a store holds at one moment. */
export interface Contents {
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
export interface Summary {
  readonly count: number
  readonly fingerprint: Fingerprint
}

/** The ledgers of all keys, and what is counted over them: records, what they take, fingerprint. */
export class LedgerBook {
  /** What the keys take, and whether there is room for more. */
  readonly usage: Usage
  /** Keys that have a value. Apart from the deleted ones, so that going through them is like going through a Map. */
  readonly present: ReadonlyMap<BinaryString, Ledger>
  readonly #present: Map<BinaryString, Ledger>
  readonly #deleted: DeletedKeys
  /** Deleted keys of which nobody is told any more: not in the fingerprint, not among the records. */
  readonly #silent: DeletedKeys
  readonly #ephemeral: EphemeralKeys
  readonly #census = new Census()
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
    this.#deleted = new DeletedKeys({ ...parts, isCounted: true })
    this.#silent = new DeletedKeys({ ...parts, isCounted: false })
  }

  get recordCount(): number {
    return this.#records
  }

  /** How many records others are told of, and the fingerprint of them. */
  get summary(): Summary {
    return { count: this.#records, fingerprint: this.#census.fingerprintOf(this.#claims(noCut)) }
  }

  /** The same without what a comparison leaves out. */
  summaryOf(cut: Cut): Summary {
    const all = this.summary
    const summary = { count: all.count, fingerprint: all.fingerprint.copy() }
    const leftOut = new Map<BinaryString, Ledger>()
    const leaveOut = (key: BinaryString): void => {
      const ledger = this.#told(key)
      if (ledger) leftOut.set(key, ledger)
    }
    if (cut.completeSince > 0) {
      for (const key of this.#deleted.keysBefore(cut.completeSince)) leaveOut(key)
    }
    for (const key of this.#ephemeral.garbageAt(cut.garbageBefore, (each) => this.#told(each))) leaveOut(key)
    for (const ledger of leftOut.values()) {
      for (const { rid } of claimsOf(ledger)) summary.fingerprint.remove(rid)
      summary.count -= claimsOf(ledger).length
    }
    return summary
  }

  find(key: BinaryString): Ledger | undefined {
    return this.#told(key) ?? this.#silent.get(key)
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

  /** Hides the values that have ended by a second. @returns their keys and ledgers */
  hideEnded(second: number): readonly (readonly [BinaryString, Ledger])[] {
    return this.#ephemeral
      .takeEnded(second, (key) => this.#present.get(key))
      .flatMap((key) => {
        const ledger = this.#present.get(key)
        if (!ledger) return []
        this.#present.delete(key)
        this.#ephemeral.ended.set(key, ledger)
        return [[key, ledger] as const]
      })
  }

  /** Drops the ephemeral keys that are garbage at a cutoff. @returns the keys */
  dropGarbage(cutoff: number): readonly BinaryString[] {
    const keys = this.#ephemeral.takeGarbage(cutoff, (key) => this.find(key))
    for (const key of keys) this.remove(key)
    return keys
  }

  recordsOf(key: BinaryString): StoreRecord[] {
    const ledger = this.find(key)
    if (ledger === undefined) return []
    const keyBytes = bytesFromBinary(key)
    return claimsOf(ledger).map((claim) => recordFromClaim(keyBytes, claim))
  }

  recordIds(key: BinaryString): BinaryString[] {
    const ledger = this.find(key)
    return ledger === undefined ? [] : claimsOf(ledger).map(({ rid }) => rid)
  }

  /** Gives a kept claim its proof. */
  seal(claim: Claim, proof: RecordProof): void {
    const ledger = this.find(claim.key)
    if (ledger === undefined) return
    this.usage.seal(claim, ledger, proof)
    // It can be packed now.
    if (this.#deleted.has(claim.key)) this.#deleted.set(claim.key, ledger)
  }

  /** Takes a claim's proof away. */
  unseal(claim: Claim): void {
    const ledger = this.#deleted.loosen(claim.key) ?? this.find(claim.key)
    const kept = ledger && claimsOf(ledger).find((other) => other.isSameAs(claim))
    if (kept) this.usage.unseal(kept, ledger)
  }

  /** Replaces the ledger. */
  commit(entry: Entry): void {
    const { key, before, after, claim } = entry
    if (before !== undefined && this.#silent.has(key)) this.#tellAgain(key, before)
    this.#census.enter(claim)
    const gone = claimsGone(entry)
    for (const other of gone) this.#census.leave(other)
    this.#records += 1 - gone.length
    this.usage.replace(entry, gone)
    this.#place(key, before, after)
  }

  /** Removes a key with all its records. */
  remove(key: BinaryString): void {
    const ledger = this.find(key)
    if (ledger === undefined) return
    if (!this.#silent.delete(key)) this.#untell(claimsOf(ledger))
    this.#present.delete(key)
    this.#deleted.delete(key)
    this.#ephemeral.ended.delete(key)
    this.usage.remove(key, ledger)
  }

  /** Forgets deleted keys: tells of some no more, and drops some of those. */
  forget({ silentBefore, droppedBefore }: Cutoffs): BinaryString[] {
    for (const key of this.#deleted.keysBefore(silentBefore)) {
      const ledger = this.#deleted.get(key)
      if (!ledger) continue
      this.#untell(claimsOf(ledger))
      this.#deleted.delete(key)
      this.#silent.set(key, ledger)
    }
    const dropped = this.#silent.keysBefore(droppedBefore)
    for (const key of dropped) this.remove(key)
    return dropped
  }

  /** Makes deleted keys take less memory that were deleted before a second: some of them. */
  packDeleted(second: number): void {
    for (const deleted of [this.#deleted, this.#silent]) {
      if (!deleted.hasOlder(second)) continue
      // Packed records are those that the fingerprint has.
      if (deleted === this.#deleted) this.#census.fingerprintOf(this.#claims(noCut))
      deleted.pack(second)
    }
  }

  /** Drops the oldest deleted keys, whole minutes of them. @returns the keys, and the second before which all were dropped */
  trim({ bytesMax, keptFrom }: Trimming): { keys: BinaryString[]; before: number } {
    const keys: BinaryString[] = []
    let before = 0
    const minutes = this.#minutesOfDeleted()
    const bytesOfKey = this.usage.deletedBytes / minutes.reduce((sum, { count }) => sum + count, 0)
    let bytesLeft = this.usage.deletedBytes
    for (const [index, { minute, count }] of minutes.entries()) {
      if (minute >= keptFrom) break
      before = minute + 60
      bytesLeft -= count * bytesOfKey
      const isLast = (minutes[index + 1]?.minute ?? keptFrom) >= keptFrom
      if (bytesLeft > bytesMax && !isLast) continue
      // To look for keys takes as long for many minutes as for one.
      for (const key of [...this.#silent.keysBefore(before), ...this.#deleted.keysBefore(before)]) {
        this.remove(key)
        keys.push(key)
      }
      bytesLeft = this.usage.deletedBytes
      if (bytesLeft <= bytesMax) break
    }
    return { keys, before }
  }

  /** All keys, deleted ones included. */
  *ledgers(): Generator<[BinaryString, Ledger], void, undefined> {
    for (const ledgers of [...this.#toldMaps(), this.#silent]) yield* ledgers
  }

  /**
   * All records that are offered to others, without what a comparison leaves out. The store may be written while they are read: a key that is
   * deleted or written again meanwhile comes twice or not at all. Its new record is sent to everyone anyway.
   */
  *records(cut: Cut): Generator<StoreRecord, void, undefined> {
    for (const ledgers of this.#toldMaps()) {
      for (const [key, ledger] of ledgers) {
        if (this.#isLeftOut(ledger, cut)) continue
        const keyBytes = bytesFromBinary(key)
        for (const claim of claimsOf(ledger)) yield recordFromClaim(keyBytes, claim)
      }
    }
  }

  /** The records of a key that others are told of. */
  toldRecordsOf(key: BinaryString): StoreRecord[] {
    return this.#silent.has(key) ? [] : this.recordsOf(key)
  }

  /** The ids of all records that others are told of, without those that `records` leaves out, and at the same place the key of each. */
  contents(cut: Cut): Contents {
    const ids: BinaryString[] = []
    const keys: BinaryString[] = []
    for (const claim of this.#claims(cut)) {
      ids.push(claim.rid)
      keys.push(claim.key)
    }
    return { ids, keys }
  }

  *#claims(cut: Cut): Generator<Claim, void, undefined> {
    for (const ledgers of this.#toldMaps()) {
      for (const ledger of ledgers.values()) if (!this.#isLeftOut(ledger, cut)) yield* claimsOf(ledger)
    }
  }

  #isLeftOut(ledger: Ledger, { completeSince, garbageBefore }: Cut): boolean {
    return isForgettable(ledger, completeSince) || this.#ephemeral.isGarbage(ledger, garbageBefore)
  }

  /** The ledger of a key whose records are offered to others. */
  #told(key: BinaryString): Ledger | undefined {
    return this.#present.get(key) ?? this.#deleted.get(key) ?? this.#ephemeral.ended.get(key)
  }

  #toldMaps(): readonly (Map<BinaryString, Ledger> | DeletedKeys)[] {
    return [this.#present, this.#deleted, this.#ephemeral.ended]
  }

  /** How many keys were deleted in which minutes, by the first second of each, ascending. */
  #minutesOfDeleted(): { readonly minute: number; readonly count: number }[] {
    const counts = new Map<number, number>()
    for (const deleted of [this.#silent, this.#deleted]) {
      for (const second of deleted.lastSeconds()) counts.set(minuteOf(second), (counts.get(minuteOf(second)) ?? 0) + 1)
    }
    return Array.from(counts, ([minute, count]) => ({ minute, count })).toSorted((x, y) => x.minute - y.minute)
  }

  #untell(claims: readonly Claim[]): void {
    for (const claim of claims) {
      this.#census.leave(claim)
      claim.isCounted = false
    }
    this.#records -= claims.length
  }

  #tellAgain(key: BinaryString, ledger: Ledger): void {
    const claims = claimsOf(ledger)
    for (const claim of claims) this.#census.enter(claim)
    this.#records += claims.length
    this.#silent.delete(key)
    this.#deleted.set(key, ledger)
  }

  #place(key: BinaryString, before: Ledger | undefined, after: Ledger): void {
    this.#ephemeral.onChange(key, before, after)
    const valued = this.#ephemeral.isEnded(after) ? this.#ephemeral.ended : this.#present
    const to = after.isPresent ? valued : this.#deleted
    if (before !== undefined && !to.has(key)) for (const from of this.#toldMaps()) from.delete(key)
    to.set(key, after)
  }
}

function claimsGone({ before, after, claim }: Entry): readonly Claim[] {
  if (before === undefined) return []
  if (before.others.length === 0 && after.others.length === 0) return [before.holder]
  const kept = new Set(claimsOf(after))
  return claimsOf(before).filter((other) => other !== claim && !kept.has(other))
}
