import { checkKnown, PersistenceCorruptError, PersistenceFailedError, PersistenceInUseError } from '@ts2p/store'
import type { PersistedEntry, PersistedWrite, Persistence } from '@ts2p/store'
import { commitOf, resultOf } from './request.ts'
import { Tenancy } from './tenancy.ts'
import { markKey, WriterMark } from './writer-mark.ts'

/** What differs from the default. */
export interface IndexedDbOptions {
  /**
   * How long to wait for another page that has the database, milliseconds; default 1000. A browser gives up what a page had that is
   * gone when it has noticed, which may be after the page that was loaded in its place asks. 0: not at all.
   */
  readonly waitMs?: number
}

const optionNames = Object.keys({ waitMs: true } satisfies Record<keyof IndexedDbOptions, true>)

/** How many entries are read at a time. */
const pieceEntries = 1000
const storeName = 'entries'

/**
 * Keeps a node in a database of IndexedDB, which belongs to the origin of the page. Each batch is a transaction of strict
 * durability. Browsers, in windows and workers.
 */
export class IndexedDbPersistence implements Persistence {
  readonly place: string
  readonly #name: string
  readonly #waitMs: number
  #database: IDBDatabase | undefined
  #tenancy: Tenancy | undefined
  #mark = new WriterMark()

  /**
   * @param name of the database. One node at a time may have it open, of all tabs of the origin.
   * @throws {InvalidArgumentError} There is no such option.
   */
  constructor(name: string, options: IndexedDbOptions = {}) {
    checkKnown('options', options, optionNames)
    const { waitMs = 1000 } = options
    this.#name = name
    this.#waitMs = waitMs
    this.place = `the database ${name} of this browser`
  }

  async *open(): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    if (this.#database) throw new PersistenceInUseError({ place: this.place })
    try {
      this.#tenancy = await Tenancy.take(this.#name, this.#waitMs)
      if (!this.#tenancy) throw new PersistenceInUseError({ place: this.place })
      this.#database = await this.#openDatabase()
      this.#mark = new WriterMark()
      yield* this.#entries(this.#database)
    } catch (error) {
      await this.close()
      throw this.#translated(error, 'open')
    }
  }

  async write(batch: readonly PersistedWrite[]): Promise<void> {
    try {
      // A browser may close a database by itself, when its storage was cleared or a device failed.
      this.#database ??= await this.#openDatabase()
      const transaction = this.#database.transaction(storeName, 'readwrite', { durability: 'strict' })
      const committed = commitOf(transaction)
      // Awaited below, but for an error in between, which says more.
      committed.catch(() => undefined)
      const entries = transaction.objectStore(storeName)
      await this.#assertOurs(entries)
      this.#mark.write(entries)
      for (const { key, value } of batch) {
        // Copies of their own: a view would be stored with all of the buffer that it shows a part of.
        if (value === undefined) entries.delete(Uint8Array.from(key))
        else entries.put(Uint8Array.from(value), Uint8Array.from(key))
      }
      await committed
      this.#mark.onWritten()
    } catch (error) {
      throw this.#translated(error, 'write')
    }
  }

  close(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
    this.#tenancy?.end()
    this.#tenancy = undefined
    return Promise.resolve()
  }

  async #openDatabase(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(storeName))
    const database = await resultOf(request)
    database.addEventListener('close', () => {
      if (this.#database === database) this.#database = undefined
    })
    return database
  }

  async *#entries(database: IDBDatabase): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    // All keys that are bytes: they come after texts.
    let range = IDBKeyRange.lowerBound(markKey, true)
    for (let piece = 0; ; piece += 1) {
      // A transaction ends when control goes back to the reader, so each piece has one of its own.
      const entries = database.transaction(storeName).objectStore(storeName)
      const [, keys, values] = await Promise.all([
        piece === 0 ? this.#mark.read(entries) : this.#assertOurs(entries),
        resultOf(entries.getAllKeys(range, pieceEntries)),
        resultOf(entries.getAll(range, pieceEntries)),
      ])
      const last = keys.at(-1)
      if (last === undefined) return
      yield keys.map((key, index) => this.#entryOf(key, values[index]))
      range = IDBKeyRange.lowerBound(last, true)
    }
  }

  /** @throws {PersistenceInUseError} Another page has written since. @throws {Error} What was written is gone. */
  async #assertOurs(entries: IDBObjectStore): Promise<void> {
    const state = await this.#mark.look(entries)
    if (state === 'another') throw new PersistenceInUseError({ place: this.place })
    if (state === 'missing') throw new Error('the storage of this page was cleared: load the page again')
  }

  #entryOf(key: IDBValidKey, value: unknown): PersistedEntry {
    if (key instanceof ArrayBuffer && value instanceof Uint8Array) return { key: new Uint8Array(key), value }
    throw new PersistenceCorruptError({ place: this.place, reason: 'an entry is not bytes' })
  }

  #translated(error: unknown, action: 'open' | 'write'): Error {
    const { place } = this
    if (error instanceof PersistenceCorruptError || error instanceof PersistenceInUseError) return error
    const name = error instanceof Error ? error.name : ''
    if (action === 'open' && corruptNames.has(name)) {
      return new PersistenceCorruptError({ place, reason: String(error) }, { cause: error })
    }
    return new PersistenceFailedError({ place, action }, { cause: error })
  }
}

/** Names of what a browser says when it cannot read what it wrote, or what it finds is a database of something else. */
const corruptNames: ReadonlySet<string> = new Set(['DataError', 'NotReadableError', 'VersionError', 'NotFoundError'])
