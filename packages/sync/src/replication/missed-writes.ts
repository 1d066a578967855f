import type { Connection } from '@ts2p/base'
import { equalBytes } from '@ts2p/protocol'
import type { JournalPosition } from '@ts2p/protocol'
import type { Store, StoreRecord } from '@ts2p/store'
import type { Journal } from './journal.ts'

/**
 * What neighbors were not sent of this node's writes, since they were congested: one place in the journal each. Once they take data again
 * they are sent what the keys hold by then, however often those were written in between.
 */
export class MissedWrites {
  readonly #owner: Uint8Array
  readonly #store: Store
  readonly #journal: Journal
  readonly #missedFrom = new Map<Connection, JournalPosition>()

  /** @param options.owner this node's public key */
  constructor(options: { owner: Uint8Array; store: Store; journal: Journal }) {
    this.#owner = options.owner
    this.#store = options.store
    this.#journal = options.journal
  }

  get isEmpty(): boolean {
    return this.#missedFrom.size === 0
  }

  /** Neighbors that are congested may not have been sent the writes since a place in the journal. */
  record(neighbors: Iterable<Connection>, from: JournalPosition): void {
    for (const connection of neighbors) {
      if (connection.isCongested && !this.#missedFrom.has(connection)) this.#missedFrom.set(connection, from)
    }
  }

  /**
   * The records that a neighbor has missed, read as they are asked for; undefined: none. They count as sent. The generator returns false if the
   * journal does not reach back to all of them.
   */
  drain(connection: Connection): Generator<StoreRecord, boolean, undefined> | undefined {
    const from = this.#missedFrom.get(connection)
    this.#missedFrom.delete(connection)
    return from && this.#recordsSince(from)
  }

  delete(connection: Connection): void {
    this.#missedFrom.delete(connection)
  }

  /** What others have written since is left out: the neighbor may have brought it itself. */
  *#recordsSince(from: JournalPosition): Generator<StoreRecord, boolean, undefined> {
    const keys = this.#journal.since(from)
    let next = keys.next()
    for (; !next.done; next = keys.next()) {
      const records = [...this.#store.held.advertisedRecordsOf(next.value)]
      if (records.some(({ owner }) => equalBytes(owner, this.#owner))) yield* records
    }
    return next.value
  }
}
