import { type BinaryString, binaryFromBytes, bytesFromBinary } from './values/binary-string.ts'
import { Change, effectOf, isRenewal, losesLease, type ApplyResult } from './change.ts'
import { LeaseClaim, claimFromRecord } from './leases/lease-claim.ts'
import { dropRemoteState } from './retention/full-resync.ts'
import { FieldsUnavailableError, LeaseContestedError, StoreFullError } from './errors.ts'
import { Fullness } from './leases/fullness.ts'
import { HybridClock, millisecondsAhead, secondOf } from './leases/hybrid-clock.ts'
import { holds, termOfWrite } from './leases/lease.ts'
import { type LeaseLength, noLease, type StatedLease, statedLease } from './rules/lease-length.ts'
import { addClaim, claimsOf, type KeyState } from './leases/key-state.ts'
import { KeyIndex } from './leases/key-index.ts'
import type { KeyChange } from './leases/store-usage.ts'
import { deletionOf, setting, type WriteContent } from './leases/write-content.ts'
import { addWrite } from './values/last-writer-wins.ts'
import { completeOptions, type StoreOptions, type StoreSettings } from './options.ts'
import { OwnLeases } from './leases/own-leases.ts'
import { BatchCache } from './signing/batch-cache.ts'
import { SigningQueue, type SignRecords } from './signing/signing-queue.ts'
import { type Owner, Owners } from './records/owners.ts'
import { KeyRules } from './rules/key-rules.ts'
import { LeasePolicies } from './rules/lease-policies.ts'
import { writeRefusal } from './rules/write-refusal.ts'
import { Quarantine } from './retention/future-record-quarantine.ts'
import type { StoreRecord } from './records/record.ts'
import { faultOf, sizeLimitMet } from './records/check-record.ts'
import type { RecordProof } from './signing/signed-batch.ts'
import { StoreRetention } from './store-retention.ts'
import { checkField, checkKey, checkValue } from './check-write.ts'

/**
 * One replica of a map that many nodes write. Replicas that were given the same records are in the same state, in
 * whatever order the records came. Knows no network, timer or clock: what is to be sent is returned, the time is an
 * argument (`nowMs`: milliseconds since 1970, UTC).
 */
export class Store extends StoreRetention {
  readonly #settings: StoreSettings
  readonly #rules: KeyRules
  readonly #self: Owner
  readonly #owners: Owners
  readonly #book: KeyIndex
  readonly #clock = new HybridClock()
  readonly #quarantine: Quarantine
  readonly #ownLeases: OwnLeases
  readonly #signingQueue = new SigningQueue()
  readonly #batchCopies = new BatchCache()
  readonly #fullness: Fullness

  /** @throws {InvalidArgumentError} An option is out of its range, or there is no such option. */
  constructor(options: StoreOptions) {
    const settings = completeOptions(options)
    const { limits, leaseSeconds, leaseSecondsMax, networkId } = settings
    const owners = new Owners(settings)
    const self = owners.find(settings.owner)
    // Counted once for being the store's own, so that it is never forgotten: there must be one object for it.
    owners.addKeyState(self, false)
    const book = new KeyIndex(owners, limits, settings)
    const leased = { leaseSeconds, leaseSecondsMax, leaseTermsPerKeyMax: limits.leaseTermsPerKeyMax }
    const rules = new KeyRules(new LeasePolicies(settings), leased)
    super({ self, book, rules }, settings)
    this.#settings = settings
    this.#rules = rules
    this.#owners = owners
    this.#self = self
    this.#book = book
    this.#ownLeases = new OwnLeases(self)
    this.#quarantine = new Quarantine(limits, networkId)
    this.#fullness = new Fullness(book.usage)
  }

  /**
   * Sets the value of a key, given as bytes or as a string of them, and takes or renews its lease. Replaces fields that
   * were set one by one.
   * @param length by default `leaseSeconds` of the options
   * @throws {InvalidArgumentError} The length is out of its range, or the key has no leases.
   * @throws {LeaseHeldError} Another node holds the key.
   * @throws {LeaseContestedError} Another claim would win over this one.
   * @throws {OwnedKeyError} The key names another node as the only one that may write it.
   * @throws {InvalidKeyError | KeyTooLargeError | ValueTooLargeError | StoreFullError}
   */
  set(key: BinaryString, value: BinaryString | Uint8Array, nowMs: number, length: LeaseLength = {}): Change {
    return this.#write(key, setting(value, this.#lengthOf(key, length)), nowMs)
  }

  /**
   * Renews the lease of a key that this store's owner has, by its length: the value stays. Undefined when it has none.
   * @throws {LeaseContestedError} Another claim would win over this one.
   */
  renew(key: BinaryString, nowMs: number): Change | undefined {
    const holder = this.#heldBySelf(key, nowMs)
    return holder && this.#write(key, setting(holder.value, holder), nowMs)
  }

  /** Ends the lease of a key that this store's owner has: the value stays, but for that of an ephemeral key, and others may write it. Undefined when it has none. @throws as `renew` */
  release(key: BinaryString, nowMs: number): Change | undefined {
    const holder = this.#heldBySelf(key, nowMs)
    if (holder?.ephemeral === true) return this.delete(key, nowMs)
    return holder && this.#write(key, setting(holder.value, noLease), nowMs)
  }

  /**
   * Deletes a key and gives up its lease. Undefined when the key has no value: there is nothing to do or to send.
   * @throws {LeaseHeldError | LeaseContestedError} As `set`.
   * @throws {OwnedKeyError} The key is another node's, and a minute has not passed since its lease ended; without leases always.
   */
  delete(key: BinaryString, nowMs: number): Change | undefined {
    if (!this.has(key)) return undefined
    return this.#write(key, deletionOf(this.#book.find(key)), nowMs)
  }

  /**
   * Sets many keys: all of them, or none if one is refused or there is no room for all. Of a key that comes twice the
   * last value counts.
   * @throws as `set`
   */
  setAll(
    entries: Iterable<readonly [BinaryString, BinaryString | Uint8Array]>,
    nowMs: number,
    length: LeaseLength = {},
  ): Change[] {
    const all = [...new Map(entries)]
    const planned = all.map(([key, value]) => this.#plan(key, setting(value, this.#lengthOf(key, length)), nowMs))
    const limit = this.#book.usage.limitMetByAll(planned, this.#self)
    if (limit !== undefined) throw new StoreFullError({ limit, max: this.#settings.limits[limit] })
    return all.map(([key, value]) => this.set(key, value, nowMs, length))
  }

  /** Deletes many keys: all of them, or none if another node holds one. @throws as `delete` */
  deleteAll(keys: readonly BinaryString[], nowMs: number): Change[] {
    for (const key of keys) this.#assertMayWrite(key, deletionOf(undefined), nowMs)
    return keys.flatMap((key) => this.delete(key, nowMs) ?? [])
  }

  /**
   * Sets one field of a key's value and leaves the others as they are.
   * @throws {FieldsUnavailableError} The key has leases.
   * @throws {InvalidKeyError | KeyTooLargeError | ValueTooLargeError | StoreFullError} As `set`.
   */
  setField(key: BinaryString, field: BinaryString, value: Uint8Array, nowMs: number): Change {
    if (this.isLeased(key)) throw new FieldsUnavailableError()
    checkField(field, this.#settings.limits)
    return this.#write(key, { ...setting(value, noLease), field }, nowMs)
  }

  /**
   * Takes in a record of another replica. Merges whatever is valid: leases bind writers, not what was written.
   * @param prove makes the proof that comes with the record, undefined if it is none. Asked only when the record would
   *   change something here, since to verify takes long. The store keeps its batch, which no other store may have. By default the
   *   record's own proof is believed and copied.
   */
  apply(
    record: StoreRecord,
    nowMs: number,
    prove: () => RecordProof | undefined = () => record.proof && this.#batchCopies.proofOf(record.proof),
  ): ApplyResult {
    const { limits } = this.#settings
    const aheadMs = millisecondsAhead(record.timestamp, nowMs)
    const rules = this.#rules.rulesOf(this.#rules.areUniform ? '' : binaryFromBytes(record.key))
    const reason = faultOf(record, rules, (owner) => this.#owners.find(owner).id)
    if (reason !== undefined) return { outcome: 'invalid', reason }
    const tooLong = sizeLimitMet(record, limits)
    if (tooLong !== undefined) return { outcome: 'full', limit: tooLong }
    if (aheadMs > limits.driftMsMax) {
      // Whose clock is wrong is reported, so that it must be known who wrote the record.
      const proof = prove()
      if (this.#settings.signed && proof === undefined) return { outcome: 'forged' }
      if (aheadMs > limits.driftMsRefused) return { outcome: 'too-far-ahead', aheadMs }
      const retained = this.#quarantine.add({ ...record, proof })
      if (retained !== 'new' && retained !== 'known') return { outcome: 'full', limit: retained }
      return { outcome: 'quarantined', aheadMs, wasKnown: retained === 'known' }
    }
    return this.#merge(record, { prove })
  }

  /** Merges the records kept aside that are due by now, and tells what they changed. */
  releaseDue(nowMs: number): Change[] {
    const results = this.#quarantine.popDue(nowMs).map((record) => this.#merge(record))
    return results.flatMap((result) => (result.outcome === 'accepted' ? [result.change] : []))
  }

  /** Whether records of others were refused for want of room, and not much of that is free since: the store lacks some. */
  get isFull(): boolean {
    return this.#fullness.isFull
  }

  /**
   * To be called before contact is made again after more than `limits.tombstoneRetentionMs` without: the others may have forgotten
   * what they deleted. Drops all but what this store's owner has written since. @returns what changed for a reader
   */
  dropRemoteState(sinceMs: number): Change[] {
    this.#ownLeases.clear()
    return dropRemoteState(this.#book, {
      owner: this.#self,
      sinceMs,
      merge: (record) => void this.#merge(record, { wasHere: true }),
    })
  }

  /** The keys of which this store's owner had the lease and let it run out, each told once. */
  expiredLeases(nowMs: number): BinaryString[] {
    return this.#ownLeases.popExpired(nowMs, (key) => this.#book.find(key))
  }

  /** The ephemeral keys whose leases this store's owner has, as far as `expiredLeases` was asked. */
  get ownEphemeralKeys(): ReadonlySet<BinaryString> {
    return this.#ownLeases.ephemeralKeys
  }

  /** The clock of this store's timestamps: to be kept, and before the first write to be told of what was kept. */
  get clock(): Pick<HybridClock, 'latest' | 'observe' | 'reserve'> {
    return this.#clock
  }

  /** Brings back a record of an earlier life, which neither the time nor limits may take away: it had room, and was due. */
  restore(record: StoreRecord): void {
    this.#merge(record, { wasHere: true })
  }

  /**
   * Signs what this store's owner has written and not signed yet, up to 1024 records at once, in a store of signed records.
   * To be called before records are sent: those that were replaced by then take no signature.
   * @param sign signs the records with these ids: `(ids) => SignedBatch.sign(ids, …)`. It is the caller's, so that who signs nothing
   *   loads nothing of it
   * @param options.regroup whether what was signed a few at a time is signed anew, many at once, for one who is sent all of it
   */
  signOwn(sign: SignRecords, options: { readonly regroup?: boolean } = {}): void {
    if (options.regroup === true) this.#signingQueue.regroup(this.#book, this.#self)
    this.#signingQueue.signAll(this.#book, this.#self, sign)
  }

  /** The records of one key, and their ids, the holder's first; none if it never had one. */
  get held(): Pick<KeyIndex, 'recordsOf' | 'recordIds' | 'advertisedRecordsOf'> {
    return this.#book
  }

  #write(key: BinaryString, content: WriteContent, nowMs: number): Change {
    const entry = this.#plan(key, content, nowMs)
    const { before, after, claim } = entry
    // Deleting is the way out of a full store.
    const limit = content.released ? undefined : this.#book.usage.limitMet(entry, this.#self)
    if (limit !== undefined) throw new StoreFullError({ limit, max: this.#settings.limits[limit] })
    const isSupersededKept = before !== undefined && after.others.includes(before.holder)
    const sent = isSupersededKept && this.isLeased(key) ? [claim, before.holder] : [claim]
    return this.#commit(entry, sent)
  }

  /** What a write would do. */
  #plan(key: BinaryString, content: WriteContent, nowMs: number): KeyChange {
    const before = this.#assertMayWrite(key, content, nowMs)
    const timestamp = this.#clock.peek(nowMs)
    const { acquired, pruneWatermark } = this.isLeased(key)
      ? termOfWrite(before, this.#self, timestamp)
      : { acquired: timestamp, pruneWatermark: 0 }
    const claim = new LeaseClaim(before?.holder.key ?? key, this.#self, {
      ...content,
      acquired,
      timestamp,
      pruneWatermark,
    })
    const after = this.#add(key, before, claim)
    // Every timestamp known here is smaller than this one, which should make its writer the holder. Should it not, then
    // the others would see something else than the caller was told: better no write.
    if (after?.holder !== claim)
      throw new LeaseContestedError({
        key: bytesFromBinary(key),
        owner: (after ?? before)?.holder.owner.id ?? this.id,
      })
    return { key, before, after, claim }
  }

  #assertMayWrite(
    key: BinaryString,
    { value, released }: Pick<WriteContent, 'value' | 'released'>,
    nowMs: number,
  ): KeyState | undefined {
    const { limits } = this.#settings
    checkKey(key, limits)
    checkValue(value, limits)
    const before = this.#book.find(key)
    const refusal = writeRefusal(
      { key, keyState: before, isDeletion: released, nowMs },
      this.#self,
      this.#rules.rulesOf(key),
    )
    if (refusal !== undefined) throw refusal
    return before
  }

  #merge(record: StoreRecord, options: { wasHere?: boolean; prove?: () => RecordProof | undefined } = {}): ApplyResult {
    const { wasHere = false, prove = () => record.proof } = options
    const key = binaryFromBytes(record.key)
    const before = this.#book.find(key)
    const claim = claimFromRecord(record, before?.holder.key ?? key, this.#owners.find(record.owner))
    // It may have been dropped here, and it says nothing to one who does not have the key.
    if (before === undefined && record.released && !wasHere && secondOf(record.timestamp) < this.completeSince) {
      return { outcome: 'stale' }
    }
    const after = this.#add(key, before, claim)
    if (after === undefined) {
      const isKnown = before !== undefined && claimsOf(before).some((other) => other.isSameAs(claim))
      return { outcome: isKnown ? 'known' : 'stale' }
    }
    const proof = prove()
    // What this store's owner wrote may come back without one from where it was kept, and gets a new one.
    if (proof) claim.attachProof(proof)
    else if (this.#settings.signed && !wasHere) return { outcome: 'forged' }
    const entry = { key, before, after, claim }
    const limit = wasHere ? undefined : this.#book.usage.limitMet(entry, this.#self)
    if (limit !== undefined) {
      this.#fullness.recordRefusal(limit)
      return { outcome: 'full', limit }
    }
    return { outcome: 'accepted', change: this.#commit(entry, [claim]) }
  }

  #add(key: BinaryString, before: KeyState | undefined, claim: LeaseClaim): KeyState | undefined {
    const rules = this.#rules.rulesOf(key)
    return rules.leaseSeconds > 0 ? addClaim(before, claim, rules) : addWrite(before, claim)
  }

  #commit(entry: KeyChange, sent: readonly LeaseClaim[]): Change {
    const { key, before, after, claim } = entry
    this.#clock.observe(claim.timestamp)
    if (this.#settings.signed && claim.owner === this.#self && !claim.isSigned)
      this.#signingQueue.enqueue(claim, before)
    const seen = this.#book.isVisible(key) ? before : undefined
    this.#book.commit(entry)
    this.#ownLeases.onChange(before, after)
    const leaseLost = losesLease(before, after, this.#self) && this.isLeased(key)
    const effect = effectOf(seen, after, { isVisible: this.#book.isVisible(key) })
    const isSameValue = before !== undefined && isRenewal(before, after) && claim === after.holder
    return new Change(
      { key, effect, leaseLost, isRenewal: isSameValue },
      { before: seen, after, claims: sent, book: this.#book },
    )
  }

  #heldBySelf(key: BinaryString, nowMs: number): LeaseClaim | undefined {
    const keyState = this.#book.find(key)
    const isHeld = keyState?.isPresent === true && holds(keyState, this.#self, this.#clock.peek(nowMs))
    return isHeld ? keyState.holder : undefined
  }

  #lengthOf(key: BinaryString, length: LeaseLength): StatedLease {
    return statedLease(length, this.#rules.rulesOf(key))
  }
}
