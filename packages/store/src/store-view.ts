import type { BinaryString } from './values/binary-string.ts'
import { type Lease, leaseOf } from './leases/lease.ts'
import { type Ledger, valueOf } from './leases/ledger.ts'
import type { Contents, LedgerBook } from './leases/ledger-book.ts'
import { fieldsOf } from './values/mapping.ts'
import { emptyValue } from './values/packed-value.ts'
import type { StoreRecord } from './records/record.ts'

/** What can be asked of a store without changing it. */
export class StoreView {
  /** Name of the owner. */
  readonly id: string
  readonly #book: LedgerBook
  readonly #present: ReadonlyMap<BinaryString, Ledger>
  readonly #leaseSeconds: number

  constructor(view: { id: string; book: LedgerBook; leaseSeconds: number }) {
    this.id = view.id
    this.#book = view.book
    this.#present = view.book.present
    this.#leaseSeconds = view.leaseSeconds
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
    return ledger && fieldsOf(ledger)
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
    return ledger && this.#leaseSeconds > 0 ? leaseOf(ledger) : undefined
  }

  /** How many records there are, those of deleted keys included. */
  get recordCount(): number {
    return this.#book.recordCount
  }

  /** 16 bytes that are equal on two replicas if they hold the same records, and almost surely only then. */
  summaryRoot(): Uint8Array {
    return this.#book.summary.fingerprint.root()
  }

  /**
   * The number of records, and what `summaryRoot` says of them, without those of keys that were deleted before a second since 1970: for one
   * who knows no deletions of before. Goes through all deleted keys.
   */
  summarySince(second: number): { readonly count: number; readonly root: Uint8Array } {
    const { count, fingerprint } = this.#book.summarySince(second)
    return { count, root: fingerprint.root() }
  }

  /** All records, without those of keys that were deleted before a second since 1970; default 0. The store may be written meanwhile. */
  records(since = 0): Generator<StoreRecord, void, undefined> {
    return this.#book.records(since)
  }

  /** The ids of the same records, and at the same place the key of each. */
  contents(since = 0): Contents {
    return this.#book.contents(since)
  }
}
