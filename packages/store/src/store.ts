import { type BinaryString, binaryFromBytes, bytesFromBinary } from './binary-string.ts'
import { Change, effectOf, losesLease, type Receipt } from './change.ts'
import { Claim, type ClaimContent, claimFromRecord, endOf } from './claim.ts'
import { FieldsUnavailableError, LeaseContestedError, LeaseHeldError, StoreFullError } from './errors.ts'
import { HybridClock, millisecondsAhead, secondOf } from './hybrid-clock.ts'
import { type Lease, leaseOf, mayWrite, tenureOfWrite } from './lease.ts'
import { addClaim, claimsOf, type Ledger, type LeaseRules, valueOf } from './ledger.ts'
import { type Entry, LedgerBook } from './ledger-book.ts'
import { addWrite } from './mapping.ts'
import { completeOptions, type StoreOptions, type StoreSettings } from './options.ts'
import { OwnLeases } from './own-leases.ts'
import { type Owner, Owners } from './owners.ts'
import { emptyValue } from './packed-value.ts'
import { Quarantine } from './quarantine.ts'
import type { StoreRecord } from './record.ts'
import { faultOf } from './record-check.ts'
import { checkField, checkKey, checkValue } from './write-check.ts'

/**
 * One replica of a map that many nodes write. Replicas that were given the same records are in the same state, in
 * whatever order the records came. Knows no network, timer or clock: what is to be sent is returned, the time is an
 * argument (`nowMs`: milliseconds since 1970, UTC).
 */
export class Store {
  /** Name of the owner. */
  readonly id: string
  readonly #settings: StoreSettings
  readonly #rules: LeaseRules
  readonly #leased: boolean
  readonly #self: Owner
  readonly #owners: Owners
  readonly #book: LedgerBook
  readonly #present: ReadonlyMap<BinaryString, Ledger>
  readonly #clock = new HybridClock()
  readonly #quarantine: Quarantine
  readonly #ownLeases: OwnLeases

  /** @throws {InvalidArgumentError} An option is out of its range. */
  constructor(options: StoreOptions) {
    const settings = completeOptions(options)
    const { limits, leaseSeconds, networkId } = settings
    this.#settings = settings
    this.#rules = { leaseSeconds, tenuresPerKeyMax: limits.tenuresPerKeyMax }
    this.#leased = leaseSeconds > 0
    this.#owners = new Owners(settings)
    this.#self = this.#owners.find(settings.owner)
    // Counted once for being the store's own, so that it is never forgotten: there must be one object for it.
    this.#owners.addKey(this.#self)
    this.id = this.#self.id
    this.#book = new LedgerBook(this.#owners, limits)
    this.#present = this.#book.present
    this.#ownLeases = new OwnLeases(leaseSeconds)
    this.#quarantine = new Quarantine(limits, networkId)
  }

  /** How many keys have a value. */
  get size(): number {
    return this.#present.size
  }

  /** The value of a key. It may be the store's own array: do not change it. */
  get(key: BinaryString): Uint8Array | undefined {
    const ledger = this.#present.get(key)
    return ledger && valueOf(ledger)
  }

  has(key: BinaryString): boolean {
    return this.#present.has(key)
  }

  /** The keys that have a value, in the order in which they got one. The store may be written meanwhile, like a Map. */
  keys(): IterableIterator<BinaryString> {
    return this.#present.keys()
  }

  /** As `keys`, with the values. */
  *entries(): Generator<[BinaryString, Uint8Array], void, undefined> {
    for (const [key, ledger] of this.#present) yield [key, valueOf(ledger) ?? emptyValue]
  }

  /**
   * The fields of a key that were set one by one after its value was set as a whole; undefined when there are none. A
   * key of which only fields were set has an empty value.
   */
  fields(key: BinaryString): ReadonlyMap<BinaryString, Uint8Array> | undefined {
    const ledger = this.#present.get(key)
    if (ledger === undefined) return undefined
    const fields = new Map<BinaryString, Uint8Array>()
    for (const { field, value } of claimsOf(ledger)) if (field !== undefined) fields.set(field, value)
    return fields.size === 0 ? undefined : fields
  }

  /** Who wrote the value of a key, and when. */
  meta(key: BinaryString): { owner: string; stamp: number } | undefined {
    const holder = this.#present.get(key)?.holder
    return holder && { owner: holder.owner.id, stamp: holder.stamp }
  }

  /**
   * The lease of a key, which may have run out: compare `expires` with your clock. Undefined when nobody claimed the
   * key, when it was given up, and in a store without leases.
   */
  lease(key: BinaryString): Lease | undefined {
    const ledger = this.#present.get(key)
    return ledger && this.#leased ? leaseOf(ledger, this.#rules.leaseSeconds) : undefined
  }

  /** Why a key may not be written now; undefined when it may. Changes nothing, so several keys can be asked first. */
  mayWrite(key: BinaryString, nowMs: number): LeaseHeldError | undefined {
    return this.#refusal(key, this.#book.find(key), this.#clock.peek(nowMs))
  }

  /**
   * Sets the value of a key, given as bytes or as a string of them, and takes or renews its lease. Replaces fields that
   * were set one by one.
   * @throws {LeaseHeldError} Another node holds the key.
   * @throws {LeaseContestedError} Another claim would win over this one.
   * @throws {InvalidKeyError | KeyTooLargeError | ValueTooLargeError | StoreFullError}
   */
  set(key: BinaryString, value: BinaryString | Uint8Array, nowMs: number): Change {
    return this.#write(key, { value, field: undefined, released: false }, nowMs)
  }

  /**
   * Deletes a key and gives up its lease. Undefined when the key has no value: there is nothing to do or to send.
   * @throws {LeaseHeldError | LeaseContestedError} As `set`.
   */
  delete(key: BinaryString, nowMs: number): Change | undefined {
    if (!this.#present.has(key)) return undefined
    return this.#write(key, { value: emptyValue, field: undefined, released: true }, nowMs)
  }

  /**
   * Sets many keys: all of them, or none if one is refused. What a full store will take is seen only on the way, so
   * that alone can stop it halfway.
   * @throws as `set`
   */
  setAll(entries: Iterable<readonly [BinaryString, BinaryString | Uint8Array]>, nowMs: number): Change[] {
    const all = [...entries]
    for (const [key, value] of all) this.#assertMayWrite(key, value, nowMs)
    return all.map(([key, value]) => this.set(key, value, nowMs))
  }

  /** Deletes many keys: all of them, or none if another node holds one. @throws as `delete` */
  deleteAll(keys: readonly BinaryString[], nowMs: number): Change[] {
    for (const key of keys) this.#assertMayWrite(key, emptyValue, nowMs)
    return keys.flatMap((key) => this.delete(key, nowMs) ?? [])
  }

  /**
   * Sets one field of a key's value and leaves the others as they are.
   * @throws {FieldsUnavailableError} The store has leases.
   * @throws {InvalidKeyError | KeyTooLargeError | ValueTooLargeError | StoreFullError} As `set`.
   */
  setField(key: BinaryString, field: BinaryString, value: Uint8Array, nowMs: number): Change {
    if (this.#leased) throw new FieldsUnavailableError()
    checkField(field, this.#settings.limits)
    return this.#write(key, { value, field, released: false }, nowMs)
  }

  /** Takes in a record of another replica. Merges whatever is valid: leases bind writers, not what was written. */
  receive(record: StoreRecord, nowMs: number): Receipt {
    const { limits } = this.#settings
    const aheadMs = millisecondsAhead(record.stamp, nowMs)
    const reason = faultOf(record, limits, this.#leased)
    if (reason !== undefined) return { outcome: 'invalid', reason }
    if (aheadMs > limits.driftMsRefused) return { outcome: 'invalid', reason: `it is ${aheadMs} ms ahead of the clock` }
    if (aheadMs > limits.driftMsMax) {
      const limit = this.#quarantine.keep(record)
      return limit === undefined ? { outcome: 'quarantined' } : { outcome: 'full', limit }
    }
    return this.#merge(record)
  }

  /** Merges the records kept aside that are due by now, and tells what they changed. */
  releaseDue(nowMs: number): Change[] {
    const receipts = this.#quarantine.takeDue(nowMs).map((record) => this.#merge(record))
    return receipts.flatMap((receipt) => (receipt.outcome === 'accepted' ? [receipt.change] : []))
  }

  /** The keys of which this store's owner had the lease and let it run out, each told once. */
  expiredLeases(nowMs: number): BinaryString[] {
    return this.#ownLeases.takeExpired(this.#clock.peek(nowMs))
  }

  /** The clock of this store's stamps: to be kept, and before the first write to be told of what was kept. */
  get clock(): Pick<HybridClock, 'latest' | 'witness'> {
    return this.#clock
  }

  /** Brings back a record of an earlier life, which neither the time nor limits may take away: it had room, and was due. */
  restore(record: StoreRecord): void {
    this.#merge(record, true)
  }

  /** The records of one key, and their ids, the holder's first; none if it never had one. */
  get held(): Pick<LedgerBook, 'recordsOf' | 'recordIds'> {
    return this.#book
  }

  /** How many records there are, those of deleted keys included. */
  get recordCount(): number {
    return this.#book.recordCount
  }

  /** 16 bytes that are equal on two replicas if they hold the same records, and almost surely only then. */
  summaryRoot(): Uint8Array {
    return this.#book.fingerprint.root()
  }

  /** 256 sums of 8 bytes, one for each bucket of keys. Where two replicas differ in one key, they differ in one sum. */
  bucketSums(): Uint8Array {
    return this.#book.fingerprint.bucketSums()
  }

  /** All records of the keys in those buckets for which `differs` is true. The store may be written meanwhile. */
  recordsInBuckets(differs: (bucket: number) => boolean): Generator<StoreRecord, void, undefined> {
    return this.#book.recordsInBuckets(differs)
  }

  #write(key: BinaryString, content: Pick<ClaimContent, 'value' | 'field' | 'released'>, nowMs: number): Change {
    const { before, stamp } = this.#assertMayWrite(key, content.value, nowMs)
    const { limits } = this.#settings
    const { acquired, closing } = this.#leased
      ? tenureOfWrite(before, this.#self, stamp, this.#rules)
      : { acquired: stamp, closing: 0 }
    const { value, field, released } = content
    const claim = new Claim(before?.holder.key ?? key, this.#self, { acquired, stamp, closing, released, value, field })
    const after = this.#add(before, claim)
    // Every stamp known here is smaller than this one, which should make its writer the holder. Should it not, then
    // the others would see something else than the caller was told: better no write.
    if (after?.holder !== claim)
      throw new LeaseContestedError({
        key: bytesFromBinary(key),
        owner: (after ?? before)?.holder.owner.id ?? this.id,
      })
    const entry = { key, before, after, claim }
    // Deleting is the way out of a full store.
    const limit = content.released ? undefined : this.#book.limitMet(entry, this.#self)
    if (limit !== undefined) throw new StoreFullError({ limit, max: limits[limit] })
    const isSupersededKept = before !== undefined && after.others.includes(before.holder)
    const sent = this.#leased && isSupersededKept ? [claim, before.holder] : [claim]
    return this.#commit(entry, sent)
  }

  #assertMayWrite(
    key: BinaryString,
    value: BinaryString | Uint8Array,
    nowMs: number,
  ): { before: Ledger | undefined; stamp: number } {
    const { limits } = this.#settings
    checkKey(key, limits)
    checkValue(value, limits)
    const stamp = this.#clock.peek(nowMs)
    const before = this.#book.find(key)
    const refusal = this.#refusal(key, before, stamp)
    if (refusal !== undefined) throw refusal
    return { before, stamp }
  }

  #merge(record: StoreRecord, wasHere = false): Receipt {
    const key = binaryFromBytes(record.key)
    const before = this.#book.find(key)
    const claim = claimFromRecord(record, before?.holder.key ?? key, this.#owners.find(record.owner))
    const after = this.#add(before, claim)
    if (after === undefined) {
      const isKnown = before !== undefined && claimsOf(before).some((other) => other.isSameAs(claim))
      return { outcome: isKnown ? 'known' : 'stale' }
    }
    const entry = { key, before, after, claim }
    const limit = wasHere ? undefined : this.#book.limitMet(entry, this.#self)
    if (limit !== undefined) return { outcome: 'full', limit }
    return { outcome: 'accepted', change: this.#commit(entry, [claim]) }
  }

  #add(before: Ledger | undefined, claim: Claim): Ledger | undefined {
    return this.#leased ? addClaim(before, claim, this.#rules) : addWrite(before, claim)
  }

  #commit(entry: Entry, sent: readonly Claim[]): Change {
    const { key, before, after, claim } = entry
    const { leaseSeconds } = this.#rules
    const { holder } = after
    this.#clock.witness(claim.stamp)
    this.#book.commit(entry)
    if (this.#leased && before?.holder !== holder) {
      if (before?.holder.owner === this.#self) this.#ownLeases.forget(before.holder)
      if (holder.owner === this.#self && !holder.released) this.#ownLeases.renew(holder)
    }
    const leaseLost = this.#leased && losesLease(before, after, this.#self, leaseSeconds)
    return new Change({ key, effect: effectOf(before, after), leaseLost }, after, sent)
  }

  #refusal(key: BinaryString, ledger: Ledger | undefined, stamp: number): LeaseHeldError | undefined {
    if (!this.#leased || ledger === undefined || mayWrite(ledger, this.#self, stamp, this.#rules)) return undefined
    const expiresAt = secondOf(endOf(ledger.holder, this.#rules.leaseSeconds)) * 1000
    return new LeaseHeldError({ key: bytesFromBinary(key), owner: ledger.holder.owner.id, expiresAt })
  }
}
