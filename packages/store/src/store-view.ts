import type { BinaryString } from './values/binary-string.ts'
import type { LeaseHeldError, OwnedKeyError } from './errors.ts'
import { type Lease, leaseOf } from './leases/lease.ts'
import { type KeyState, valueOf } from './leases/key-state.ts'
import type { KeyRules } from './rules/key-rules.ts'
import { writeRefusal } from './rules/write-refusal.ts'
import type { Owner } from './records/owners.ts'
import { type RecordIds, type Cut, type KeyIndex, noCut } from './leases/key-index.ts'
import { fieldsOf } from './values/last-writer-wins.ts'
import { emptyValue } from './values/packed-value.ts'
import type { StoreRecord } from './records/record.ts'

/** What can be asked of a store without changing it. */
export class StoreView {
  /** Name of the owner. */
  readonly id: string
  readonly #book: KeyIndex
  readonly #present: ReadonlyMap<BinaryString, KeyState>
  readonly #self: Owner
  readonly #rules: KeyRules

  constructor(view: { self: Owner; book: KeyIndex; rules: KeyRules }) {
    this.id = view.self.id
    this.#self = view.self
    this.#rules = view.rules
    this.#book = view.book
    this.#present = view.book.present
  }

  /** How many keys have a value. */
  get size(): number {
    return this.#present.size
  }

  /** The value of a key. It may be the store's own array: do not change it. */
  get(key: BinaryString): Uint8Array | undefined {
    const keyState = this.#present.get(key)
    return keyState && valueOf(keyState)
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
    for (const [key, keyState] of this.#present) yield [key, valueOf(keyState) ?? emptyValue]
  }

  /**
   * The fields of a key that were set one by one after its value was set as a whole; undefined when there are none. A
   * key of which only fields were set has an empty value.
   */
  fields(key: BinaryString): ReadonlyMap<BinaryString, Uint8Array> | undefined {
    const keyState = this.#present.get(key)
    return keyState && fieldsOf(keyState)
  }

  /** Who wrote the value of a key, and when. */
  meta(key: BinaryString): { owner: string; timestamp: number } | undefined {
    const holder = this.#present.get(key)?.holder
    return holder && { owner: holder.owner.id, timestamp: holder.timestamp }
  }

  /**
   * The lease of a key, which may have run out: compare `expires` with your clock. Undefined when nobody claimed the
   * key, when it was given up, and where there are no leases.
   */
  lease(key: BinaryString): Lease | undefined {
    const keyState = this.#present.get(key)
    return keyState && this.isLeased(key) ? leaseOf(keyState) : undefined
  }

  /** Whether what is written under a key has a lease. */
  isLeased(key: BinaryString): boolean {
    return this.#rules.isLeased(key)
  }

  /** Why a key may not be set now; undefined when it may. Changes nothing, so several keys can be asked first. */
  mayWrite(key: BinaryString, nowMs: number): LeaseHeldError | OwnedKeyError | undefined {
    return this.#writeRefusal(key, false, nowMs)
  }

  /** Why a key may not be deleted now; undefined when it may. An owned key may be deleted by others a minute after its lease has ended. */
  mayDelete(key: BinaryString, nowMs: number): LeaseHeldError | OwnedKeyError | undefined {
    return this.#writeRefusal(key, true, nowMs)
  }

  /** Whether there are records of ephemeral keys. */
  get hasEphemeral(): boolean {
    return this.#book.hasEphemeral
  }

  /** When the next value of an ephemeral key may end, milliseconds since 1970; infinite: none ends. */
  get nextEndMs(): number {
    return this.#book.nextEnd * 1000
  }

  /** How many records there are, those of deleted keys included. */
  get recordCount(): number {
    return this.#book.recordCount
  }

  /** 16 bytes that are equal on two replicas if they hold the same records, and almost surely only then. */
  summaryRoot(): Uint8Array {
    return this.#book.summary.digest.root()
  }

  /**
   * The number of records, and what `summaryRoot` says of them, without what a comparison leaves out. Goes through all deleted keys if some of
   * them are.
   */
  summaryOf(cut: Cut): { readonly count: number; readonly root: Uint8Array } {
    const { count, digest } = this.#book.summaryOf(cut)
    return { count, root: digest.root() }
  }

  /** All records, without what a comparison leaves out; default all. The store may be written meanwhile. */
  records(cut: Cut = noCut): Generator<StoreRecord, void, undefined> {
    return this.#book.records(cut)
  }

  /** The ids of the same records, and at the same place the key of each. */
  recordIdsOf(cut: Cut = noCut): RecordIds {
    return this.#book.recordIdsOf(cut)
  }

  #writeRefusal(key: BinaryString, isDeletion: boolean, nowMs: number): LeaseHeldError | OwnedKeyError | undefined {
    const keyState = this.#book.find(key)
    return writeRefusal({ key, keyState, isDeletion, nowMs }, this.#self, this.#rules.rulesOf(key))
  }
}
