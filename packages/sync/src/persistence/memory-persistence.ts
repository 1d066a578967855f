import { binaryFromBytes, bytesFromBinary } from '@ts2p/store'
import type { PersistedEntry, PersistedWrite, Persistence } from '@ts2p/store'
import { PersistenceInUseError } from '@ts2p/store'

/**
 * Keeps entries for as long as the object lives: for tests, and for sockets that are closed and made anew in one
 * process.
 */
export class MemoryPersistence implements Persistence {
  readonly place = 'memory'
  readonly #entries = new Map<string, Uint8Array>()
  #isOpen = false

  async *open(): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    if (this.#isOpen) throw new PersistenceInUseError({ place: this.place })
    this.#isOpen = true
    const entries = [...this.#entries].toSorted(([x], [y]) => (x < y ? -1 : 1))
    yield entries.map(([key, value]) => ({ key: bytesFromBinary(key), value: Uint8Array.from(value) }))
  }

  write(batch: readonly PersistedWrite[]): Promise<void> {
    for (const { key, value } of batch) {
      if (value === undefined) this.#entries.delete(binaryFromBytes(key))
      else this.#entries.set(binaryFromBytes(key), Uint8Array.from(value))
    }
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#isOpen = false
    return Promise.resolve()
  }
}
