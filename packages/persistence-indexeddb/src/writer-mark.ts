import { resultOf } from './request.ts'

/** A text key comes before all keys that are bytes, and so is no entry. */
export const markKey = 'writer'

/** What the mark in a database says to the one who reads it. */
export type MarkState = 'ours' | 'another' | 'missing'

/**
 * Tells in each transaction whether another page has written to the database since this one read it. That keeps two pages apart where the
 * platform has no locks: on pages of insecure origins.
 */
export class WriterMark {
  /** Random, because `crypto.randomUUID` is there on secure origins only. */
  readonly #id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('')
  #number = 0
  /** The mark that was found; undefined: none. */
  #found: string | undefined
  #hasWritten = false

  /** Reads the mark that all entries must be read under. */
  async read(entries: IDBObjectStore): Promise<void> {
    this.#found = await this.#markIn(entries)
  }

  /** Compares the mark of a database. */
  async look(entries: IDBObjectStore): Promise<MarkState> {
    const mark = await this.#markIn(entries)
    // After a write that was reported as failed the mark may be that of any of this page's writes.
    if (mark?.startsWith(`${this.#id} `) || (!this.#hasWritten && mark === this.#found)) return 'ours'
    return mark === undefined ? 'missing' : 'another'
  }

  /** Marks the database, in the transaction that writes to it. */
  write(entries: IDBObjectStore): void {
    this.#number += 1
    entries.put(`${this.#id} ${this.#number}`, markKey)
  }

  /** A write was durable. */
  onWritten(): void {
    this.#hasWritten = true
  }

  async #markIn(entries: IDBObjectStore): Promise<string | undefined> {
    const mark: unknown = await resultOf(entries.get(markKey))
    return typeof mark === 'string' ? mark : undefined
  }
}
