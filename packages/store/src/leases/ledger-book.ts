import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { Census } from '../digest/census.ts'
import { type Claim, recordFromClaim } from './claim.ts'
import type { Fingerprint } from '../digest/fingerprint.ts'
import { type Cutoffs, isForgettable, lastSecondOf, minuteOf, type Trimming } from '../retention/forgetting.ts'
import { claimsOf, type Ledger } from './ledger.ts'
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
  readonly #deleted = new Map<BinaryString, Ledger>()
  /** Deleted keys of which nobody is told any more: not in the fingerprint, not among the records. */
  readonly #silent = new Map<BinaryString, Ledger>()
  readonly #census = new Census()
  #records = 0

  constructor(owners: Owners, limits: StoreLimits) {
    this.#present = new Map()
    this.present = this.#present
    this.usage = new Usage(owners, limits)
  }

  get recordCount(): number {
    return this.#records
  }

  /** How many records others are told of, and the fingerprint of them. */
  get summary(): Summary {
    return { count: this.#records, fingerprint: this.#census.fingerprintOf(this.#claims(0)) }
  }

  /** The same without the deleted keys of which all is of before a second. */
  summarySince(second: number): Summary {
    const all = this.summary
    const summary = { count: all.count, fingerprint: all.fingerprint.copy() }
    for (const ledger of this.#deleted.values()) {
      if (!isForgettable(ledger, second)) continue
      for (const { rid } of claimsOf(ledger)) {
        summary.fingerprint.remove(rid)
        summary.count -= 1
      }
    }
    return summary
  }

  find(key: BinaryString): Ledger | undefined {
    return this.#present.get(key) ?? this.#deleted.get(key) ?? this.#silent.get(key)
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
    if (ledger !== undefined) this.usage.seal(claim, ledger, proof)
  }

  /** Takes a claim's proof away. */
  unseal(claim: Claim): void {
    const ledger = this.find(claim.key)
    if (ledger !== undefined) this.usage.unseal(claim, ledger)
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
    this.usage.remove(key, ledger)
  }

  /** Forgets deleted keys: tells of some no more, and drops some of those. */
  forget({ silentBefore, droppedBefore }: Cutoffs): BinaryString[] {
    for (const [key, ledger] of this.#deleted) {
      if (!isForgettable(ledger, silentBefore)) continue
      this.#untell(claimsOf(ledger))
      this.#deleted.delete(key)
      this.#silent.set(key, ledger)
    }
    const dropped = [...this.#silent].flatMap(([key, ledger]) => (isForgettable(ledger, droppedBefore) ? [key] : []))
    for (const key of dropped) this.remove(key)
    return dropped
  }

  /** Drops the oldest deleted keys, whole minutes of them. @returns the keys, and the second before which all were dropped */
  trim({ bytesMax, keptFrom }: Trimming): { keys: BinaryString[]; before: number } {
    const deleted = [...this.#silent, ...this.#deleted].map(([key, ledger]) => ({ key, last: lastSecondOf(ledger) }))
    deleted.sort((a, b) => a.last - b.last)
    const keys: BinaryString[] = []
    let before = 0
    for (const { key, last } of deleted) {
      if (last >= keptFrom || (last >= before && this.usage.deletedBytes <= bytesMax)) break
      before = minuteOf(last) + 60
      this.remove(key)
      keys.push(key)
    }
    return { keys, before }
  }

  /** All keys, deleted ones included. */
  *ledgers(): Generator<[BinaryString, Ledger], void, undefined> {
    for (const ledgers of [this.#present, this.#deleted, this.#silent]) yield* ledgers
  }

  /**
   * All records that others are told of, without deleted keys of which all is of before a second. The store may be written between two of them: a key that was deleted or written
   * again meanwhile may come twice or not at all, as its new record is sent to everyone anyway.
   */
  *records(since: number): Generator<StoreRecord, void, undefined> {
    for (const ledgers of [this.#present, this.#deleted]) {
      for (const [key, ledger] of ledgers) {
        if (isForgettable(ledger, since)) continue
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
  contents(since: number): Contents {
    const ids: BinaryString[] = []
    const keys: BinaryString[] = []
    for (const claim of this.#claims(since)) {
      ids.push(claim.rid)
      keys.push(claim.key)
    }
    return { ids, keys }
  }

  *#claims(since: number): Generator<Claim, void, undefined> {
    for (const ledgers of [this.#present, this.#deleted]) {
      for (const ledger of ledgers.values()) if (!isForgettable(ledger, since)) yield* claimsOf(ledger)
    }
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
    const [to, from] = after.isPresent ? [this.#present, this.#deleted] : [this.#deleted, this.#present]
    if (before !== undefined && before.isPresent !== after.isPresent) from.delete(key)
    to.set(key, after)
  }
}

function claimsGone({ before, after, claim }: Entry): readonly Claim[] {
  if (before === undefined) return []
  if (before.others.length === 0 && after.others.length === 0) return [before.holder]
  const kept = new Set(claimsOf(after))
  return claimsOf(before).filter((other) => other !== claim && !kept.has(other))
}
