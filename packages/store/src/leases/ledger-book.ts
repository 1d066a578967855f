import { type BinaryString, bytesFromBinary } from '../values/binary-string.ts'
import { Census } from '../digest/census.ts'
import { type Claim, recordFromClaim } from './claim.ts'
import type { Fingerprint } from '../digest/fingerprint.ts'
import { type Cutoffs, isForgettable } from '../retention/forgetting.ts'
import { claimsOf, type Ledger } from './ledger.ts'
import { recordOverheadBytes, type StoreLimits } from '../limits.ts'
import type { Owner, Owners } from '../records/owners.ts'
import type { StoreRecord } from '../records/record.ts'
import type { RecordProof } from '../signing/signed-batch.ts'

/** What a store holds at one moment. */
export interface Contents {
  readonly ids: readonly BinaryString[]
  readonly keys: readonly BinaryString[]
}

/** One ledger about to be replaced by the next, which has one claim more and may lack others. */
export interface Entry {
  readonly key: BinaryString
  readonly before: Ledger | undefined
  readonly after: Ledger
  readonly claim: Claim
}

/** The ledgers of all keys, and what is counted over them: records, bytes, keys per owner, fingerprint. */
export class LedgerBook {
  /** Keys that have a value. Apart from the deleted ones, so that going through them is like going through a Map. */
  readonly present: ReadonlyMap<BinaryString, Ledger>
  readonly #present: Map<BinaryString, Ledger>
  readonly #deleted = new Map<BinaryString, Ledger>()
  /** Deleted keys of which nobody is told any more: not in the fingerprint, not among the records. */
  readonly #silent = new Map<BinaryString, Ledger>()
  readonly #owners: Owners
  readonly #limits: StoreLimits
  readonly #census = new Census()
  #records = 0
  #bytes = 0

  constructor(owners: Owners, limits: StoreLimits) {
    this.#present = new Map()
    this.present = this.#present
    this.#owners = owners
    this.#limits = limits
  }

  get recordCount(): number {
    return this.#records
  }

  get fingerprint(): Fingerprint {
    return this.#census.fingerprintOf(this.#claims())
  }

  find(key: BinaryString): Ledger | undefined {
    return this.#present.get(key) ?? this.#deleted.get(key) ?? this.#silent.get(key)
  }

  /** How many keys there are, deleted ones included. */
  get keyCount(): number {
    return this.#present.size + this.#deleted.size + this.#silent.size
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

  /** The limit that leaves no room for an entry. The store's own owner is not held to the one for other owners. */
  limitMet(entry: Entry, self: Owner): keyof StoreLimits | undefined {
    const { before, after, claim } = entry
    const { keysMax, bytesMax, fieldsPerKeyMax, keysPerForeignOwnerMax } = this.#limits
    if (before === undefined && this.keyCount >= keysMax) return 'keysMax'
    const growth = growthOf(entry)
    if (growth > 0 && this.#bytes + growth > bytesMax) return 'bytesMax'
    if (claim.field !== undefined && fieldCount(after) > fieldsPerKeyMax) return 'fieldsPerKeyMax'
    if (claim.owner === self || claim.owner.keys < keysPerForeignOwnerMax) return undefined
    const isNewToKey = before === undefined || !hasOwner(claimsOf(before), claim.owner)
    return isNewToKey ? 'keysPerForeignOwnerMax' : undefined
  }

  /** As `limitMet`, for entries of different keys that are to be committed together, or not at all. */
  limitMetByAll(entries: readonly Entry[], self: Owner): keyof StoreLimits | undefined {
    const { keysMax, bytesMax } = this.#limits
    const keys = entries.reduce((count, { before }) => count + (before === undefined ? 1 : 0), 0)
    if (keys > 0 && this.keyCount + keys > keysMax) return 'keysMax'
    const growth = entries.reduce((bytes, entry) => bytes + growthOf(entry), 0)
    if (growth > 0 && this.#bytes + growth > bytesMax) return 'bytesMax'
    for (const entry of entries) {
      const limit = this.limitMet(entry, self)
      if (limit !== undefined) return limit
    }
    return undefined
  }

  /** Gives a kept claim its proof. */
  seal(claim: Claim, proof: RecordProof): void {
    claim.seal(proof)
    this.#bytes += proof.batch.keep(proof.index)
  }

  /** Takes a claim's proof away. */
  unseal(claim: Claim): void {
    const { proof } = claim
    if (!proof) return
    this.#bytes += proof.batch.release(proof.index)
    claim.unseal()
  }

  /** Replaces the ledger. */
  commit(entry: Entry): void {
    const { key, before, after, claim } = entry
    if (before !== undefined && this.#silent.has(key)) this.#tellAgain(key, before)
    this.#census.enter(claim)
    const { proof } = claim
    if (proof) this.#bytes += proof.batch.keep(proof.index)
    if (after.others.length === 0 && (before === undefined || before.others.length === 0)) {
      this.#replaceOnly(key, before?.holder, claim)
    } else this.#replaceSome(entry)
    this.#place(key, before, after)
  }

  /** Removes a key with all its records. */
  remove(key: BinaryString): void {
    const ledger = this.find(key)
    if (ledger === undefined) return
    const claims = claimsOf(ledger)
    if (!this.#silent.delete(key)) this.#untell(claims)
    for (const claim of claims) this.unseal(claim)
    this.#present.delete(key)
    this.#deleted.delete(key)
    this.#bytes -= bytesOfAll(key, claims)
    for (const owner of new Set(claims.map((claim) => claim.owner))) this.#owners.removeKey(owner)
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

  /** All keys, deleted ones included. */
  *ledgers(): Generator<[BinaryString, Ledger], void, undefined> {
    for (const ledgers of [this.#present, this.#deleted, this.#silent]) yield* ledgers
  }

  /**
   * All records that others are told of. The store may be written between two of them: a key that was deleted or written
   * again meanwhile may come twice or not at all, as its new record is sent to everyone anyway.
   */
  *records(): Generator<StoreRecord, void, undefined> {
    for (const ledgers of [this.#present, this.#deleted]) {
      for (const [key, ledger] of ledgers) {
        const keyBytes = bytesFromBinary(key)
        for (const claim of claimsOf(ledger)) yield recordFromClaim(keyBytes, claim)
      }
    }
  }

  /** The records of a key that others are told of. */
  toldRecordsOf(key: BinaryString): StoreRecord[] {
    return this.#silent.has(key) ? [] : this.recordsOf(key)
  }

  /** The ids of all records that others are told of, and at the same place the key of each. */
  contents(): Contents {
    const ids: BinaryString[] = []
    const keys: BinaryString[] = []
    for (const claim of this.#claims()) {
      ids.push(claim.rid)
      keys.push(claim.key)
    }
    return { ids, keys }
  }

  *#claims(): Generator<Claim, void, undefined> {
    for (const ledgers of [this.#present, this.#deleted]) {
      for (const ledger of ledgers.values()) yield* claimsOf(ledger)
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

  /** As for most keys: their one claim gives way to the next, or there was none. */
  #replaceOnly(key: BinaryString, gone: Claim | undefined, claim: Claim): void {
    this.#bytes += bytesOf(key, claim) - (gone === undefined ? 0 : bytesOf(key, gone))
    if (gone === undefined) this.#records += 1
    else this.#drop(gone)
    if (gone?.owner === claim.owner) return
    this.#owners.addKey(claim.owner)
    if (gone !== undefined) this.#owners.removeKey(gone.owner)
  }

  #replaceSome({ key, before, after, claim }: Entry): void {
    const claimsBefore = before === undefined ? [] : claimsOf(before)
    const claimsAfter = claimsOf(after)
    if (!hasOwner(claimsBefore, claim.owner)) this.#owners.addKey(claim.owner)
    const kept = new Set(claimsAfter)
    const gone = claimsBefore.filter((other) => !kept.has(other))
    for (const other of gone) this.#drop(other)
    for (const owner of new Set(gone.map((other) => other.owner))) {
      if (!hasOwner(claimsAfter, owner)) this.#owners.removeKey(owner)
    }
    this.#records += 1 - gone.length
    this.#bytes += bytesOf(key, claim) - bytesOfAll(key, gone)
  }

  #drop(claim: Claim): void {
    this.#census.leave(claim)
    this.unseal(claim)
  }

  #place(key: BinaryString, before: Ledger | undefined, after: Ledger): void {
    const [to, from] = after.isPresent ? [this.#present, this.#deleted] : [this.#deleted, this.#present]
    if (before !== undefined && before.isPresent !== after.isPresent) from.delete(key)
    to.set(key, after)
  }
}

function bytesOf(key: BinaryString, claim: Claim): number {
  return recordOverheadBytes + key.length + claim.valueBytes + (claim.field?.length ?? 0)
}

function growthOf({ key, before, after, claim }: Entry): number {
  const growth = bytesOfLedger(key, after) - (before === undefined ? 0 : bytesOfLedger(key, before))
  return growth + (claim.proof?.batch.uncountedBytes ?? 0)
}

function bytesOfLedger(key: BinaryString, ledger: Ledger): number {
  return bytesOf(key, ledger.holder) + (ledger.others.length === 0 ? 0 : bytesOfAll(key, ledger.others))
}

function bytesOfAll(key: BinaryString, claims: readonly Claim[]): number {
  return claims.reduce((bytes, claim) => bytes + bytesOf(key, claim), 0)
}

function fieldCount(ledger: Ledger): number {
  return claimsOf(ledger).reduce((count, claim) => count + (claim.field === undefined ? 0 : 1), 0)
}

function hasOwner(claims: readonly Claim[], owner: Owner): boolean {
  return claims.some((claim) => claim.owner === owner)
}
