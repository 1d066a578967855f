import { binaryFromBytes, bytesFromBinary, PersistenceCorruptError, PersistenceMismatchError } from '@ts2p/store'
import type { BinaryString, PersistedEntry, PersistedWrite } from '@ts2p/store'
import { decodeHead, encodeHead, schemaVersion } from './persisted-head.ts'
import type { PersistedHead } from './persisted-head.ts'
import { digestOfChecksum, appendChecksum, verifyChecksum } from './checksummed-entry.ts'

/** The first byte of an entry's key. Ascending, as they are read: what all depends on comes first. */
const kinds = { head: 0, named: 1, records: 2 } as const
const headKey = Uint8Array.of(kinds.head)

/** What is saved under a name: a key of the dictionary, or the name of something else. */
export interface Item {
  readonly kind: 'named' | 'records'
  readonly name: BinaryString
  /** Undefined: nothing. */
  readonly value: Uint8Array | undefined
}

/** What was saved under a name. */
export interface SavedItem extends Item {
  readonly value: Uint8Array
}

/** What is known of a batch that was not written yet. */
export interface PreparedBatch {
  readonly writes: readonly PersistedWrite[]
  /** To be called when it is durable. */
  readonly settle: () => void
  /** To be called when writing it has failed: it may be durable all the same. */
  readonly fail: () => void
}

/** The entries of a place as they are there: appends checksums to what goes out, checks what comes in, alone and all together. */
export class PersistedEntries {
  readonly #place: string
  /** Digests by the entries' keys. */
  readonly #digests = new Map<BinaryString, number>()
  /** Keys of entries of which it is unknown whether they are there, after a batch that was reported as failed. */
  readonly #uncertain = new Set<BinaryString>()
  #head: PersistedHead = { schema: schemaVersion, clock: 0, count: 0, digest: 0 }
  #hasHead = false
  #found = { count: 0, digest: 0 }

  constructor(place: string) {
    this.#place = place
  }

  /** The clock of the head. */
  get clock(): number {
    return this.#head.clock
  }

  /** The keys whose records are there. */
  *recordKeys(): Generator<BinaryString, void, undefined> {
    const kind = String.fromCharCode(kinds.records)
    for (const name of this.#digests.keys()) if (name.startsWith(kind)) yield name.slice(1)
  }

  /**
   * Takes in an entry that was read. @returns what it holds; undefined for the head
   * @throws {PersistenceCorruptError} @throws {PersistenceMismatchError}
   */
  read({ key, value: checksummed }: PersistedEntry): SavedItem | undefined {
    const value = verifyChecksum(key, checksummed)
    if (value === undefined) throw this.corrupt('an entry was changed')
    if (key[0] === kinds.head) return this.#readHead(value)
    const kind = key[0] === kinds.named ? 'named' : 'records'
    if (!this.#hasHead || (key[0] !== kinds.named && key[0] !== kinds.records))
      throw this.corrupt('the head is missing')
    const digest = digestOfChecksum(checksummed)
    this.#digests.set(binaryFromBytes(key), digest)
    this.#found = { count: this.#found.count + 1, digest: this.#found.digest ^ digest }
    return { kind, name: binaryFromBytes(key.subarray(1)), value }
  }

  /** All entries were read: are they all there? @throws {PersistenceCorruptError} */
  assertComplete(): void {
    const { count, digest } = this.#head
    if (count === this.#found.count && digest === this.#found.digest) return
    throw this.corrupt(`${this.#found.count} entries were found, and ${count} were written`)
  }

  /** The batch that writes items, and a clock. One is prepared at a time. */
  prepare(items: readonly Item[], clock: number): PreparedBatch {
    const writes: PersistedWrite[] = []
    const digests: (readonly [BinaryString, number | undefined])[] = []
    let { count, digest } = this.#head
    for (const { kind, name, value } of items) {
      const entryName = String.fromCharCode(kinds[kind]) + name
      const key = bytesFromBinary(entryName)
      const checksummed = value && appendChecksum(key, value)
      const [before, after] = [this.#digests.get(entryName), checksummed && digestOfChecksum(checksummed)]
      if (before === undefined && after === undefined && !this.#uncertain.has(entryName)) continue
      count += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
      digest ^= (before ?? 0) ^ (after ?? 0)
      writes.push({ key, value: checksummed })
      digests.push([entryName, after])
    }
    const head = { schema: schemaVersion, clock, count, digest }
    writes.push({ key: headKey, value: appendChecksum(headKey, encodeHead(head)) })
    return {
      writes,
      settle: () => this.#settle(head, digests),
      fail: () => digests.forEach(([name]) => this.#uncertain.add(name)),
    }
  }

  corrupt(reason: string, options?: ErrorOptions): PersistenceCorruptError {
    return new PersistenceCorruptError({ place: this.#place, reason }, options)
  }

  #readHead(value: Uint8Array): undefined {
    const head = decodeHead(value)
    if (head === undefined) throw this.corrupt('the head cannot be read')
    if (head.schema > schemaVersion) throw new PersistenceMismatchError({ place: this.#place, what: 'schema' })
    this.#head = head
    this.#hasHead = true
    return undefined
  }

  #settle(head: PersistedHead, digests: readonly (readonly [BinaryString, number | undefined])[]): void {
    this.#head = head
    for (const [name, digest] of digests) {
      this.#uncertain.delete(name)
      if (digest === undefined) this.#digests.delete(name)
      else this.#digests.set(name, digest)
    }
  }
}

/** The records of items, in their pieces. */
export async function* recordsIn(
  first: readonly Uint8Array[],
  rest: AsyncIterable<readonly SavedItem[]>,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  yield first
  for await (const piece of rest) yield piece.map(({ value }) => value)
}
