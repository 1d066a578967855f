import { binaryFromBytes, PersistenceFailedError } from '@ts2p/store'
import type { PersistedEntry, PersistedWrite, Persistence } from '@ts2p/store'

/** A persistence whose entries can be looked at and changed, and whose writes can be made to fail. */
export class TestPersistence implements Persistence {
  readonly place = 'memory'
  entries: readonly PersistedEntry[]
  /** How many batches were durable. */
  batches = 0
  /** Called before a batch is written: what it throws is what the device says. */
  beforeWrite: () => void = () => undefined
  /** Called after a batch was written: the same, when the device has lost its word and not the data. */
  afterWrite: () => void = () => undefined

  constructor(entries: readonly PersistedEntry[] = []) {
    this.entries = entries
  }

  async *open(): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    yield this.entries
  }

  async write(batch: readonly PersistedWrite[]): Promise<void> {
    this.beforeWrite()
    const entries = new Map(this.entries.map((entry) => [binaryFromBytes(entry.key), entry]))
    for (const { key, value } of batch) {
      if (value === undefined) entries.delete(binaryFromBytes(key))
      else entries.set(binaryFromBytes(key), { key, value })
    }
    this.entries = [...entries].toSorted(([x], [y]) => (x < y ? -1 : 1)).map(([, entry]) => entry)
    this.batches += 1
    this.afterWrite()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** What a device says when it is full, or broken. */
export function deviceError(code: 'ENOSPC' | 'EIO'): PersistenceFailedError {
  const cause = Object.assign(new Error(`${code}: the device`), { code })
  return new PersistenceFailedError({ place: 'memory', action: 'write' }, { cause })
}
