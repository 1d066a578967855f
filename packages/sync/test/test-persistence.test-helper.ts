import type { PeerCache } from '@ts2p/mesh'
import { settled, startNode } from './network.test-helper.ts'
import type { createNetwork, Node } from './network.test-helper.ts'
import type { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'
import { binaryFromBytes, PersistenceFailedError } from '@ts2p/store'
import type { PersistedEntry, PersistedWrite, Persistence } from '@ts2p/store'

/** A persistence whose entries can be looked at and changed, and whose writes can be made to fail. */
export class TestPersistence implements Persistence {
  readonly place = 'the test'
  entries: PersistedEntry[] = []
  /** How many batches were durable. */
  batches = 0
  /** Called before a batch is written: what it throws is what the device says. */
  beforeWrite: (batch: readonly PersistedWrite[]) => void = () => undefined
  /** Called after a batch was written: the same, when the device has lost its word and not the data. */
  afterWrite: () => void = () => undefined

  async *open(): AsyncGenerator<readonly PersistedEntry[], void, undefined> {
    yield this.entries
  }

  async write(batch: readonly PersistedWrite[]): Promise<void> {
    this.beforeWrite(batch)
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

  /** What is there, by keys as binary strings. */
  get names(): string[] {
    return this.entries.map(({ key }) => binaryFromBytes(key))
  }
}

/** What a device says when it is full, or broken. */
export function deviceError(code: 'ENOSPC' | 'EIO'): PersistenceFailedError {
  return new PersistenceFailedError(
    { place: 'the test', action: 'write' },
    { cause: Object.assign(new Error(`${code}: the device`), { code }) },
  )
}

/** The same entries, as a crash leaves them. */
export function copyOf(persistence: TestPersistence): TestPersistence {
  const copy = new TestPersistence()
  copy.entries = persistence.entries
  return copy
}

export type Network = ReturnType<typeof createNetwork>

/** A node that is kept: started, with all that it kept. */
export async function start(
  network: Network,
  name: string,
  options: Partial<SyncSocketOptions<string, string>>,
): Promise<Node> {
  const started = startNode(network, name, options)
  // Whoever awaits it hears of it, once time has passed.
  started.catch(() => undefined)
  await pass(network)
  return started
}

/** A node leaves, which takes time for those that are linked. */
export async function leave(network: Network, socket: SyncSocket<string, string>): Promise<void> {
  const closed = socket.close()
  await pass(network)
  await closed
}

/** Virtual time goes by, and promises settle. */
export async function pass(network: Network, ms = 100): Promise<void> {
  for (let slice = 0; slice < 10; slice += 1) {
    network.simulation.runFor(ms / 10)
    await settled()
  }
}

/** For a node that is to be alone after its restart. */
export const nobody: PeerCache = { load: () => Promise.resolve([]), save: () => undefined }
