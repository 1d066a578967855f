import { expect, test } from 'vitest'
import { binaryFromBytes, LeaseHeldError, type Store, type StoreRecord } from '../src/index.ts'
import { graceSeconds } from '../src/leases/owned-key.ts'
import { checkEveryHistory, type HistoryReplica, type WriteKind } from './every-history.test-helper.ts'
import { bytes, read, replica, stateOf } from './replica.test-helper.ts'

const leaseSeconds = 4
/** In the same second, within a lease, in its last second, after it. Sums of them fall on either side of its end. */
const gapsSeconds = [0, 1, 2, 4, 5]
/** Four writes take some minutes: `pnpm prove`. */
const writes = Number(process.env['TS2P_HISTORY_WRITES'] ?? 3)
/** Two writes are for runs that many are made of: `pnpm mutate`. */
const historiesMin = writes > 2 ? 10_000 : 100
const timeout = writes > 3 ? 86_400_000 : 60_000
const nodes = ['alice', 'bob', 'carol']

class StoreReplica implements HistoryReplica {
  readonly #store: Store
  readonly #key: string

  constructor(name: string, lease: number, key = 'key') {
    this.#store = replica(name, { leaseSeconds: lease })
    this.#key = key
  }

  write(kind: WriteKind, value: string, nowMs: number): readonly StoreRecord[] {
    if (kind === 'delete') return this.#store.delete(this.#key, nowMs)?.records ?? []
    if (kind === 'release') return this.#store.release(this.#key, nowMs)?.records ?? []
    if (kind === 'short') return this.#store.set(this.#key, bytes(value), nowMs, { leaseSeconds: 1 }).records
    if (kind === 'field') return this.#store.setField(this.#key, 'field', bytes(value), nowMs).records
    return this.#store.set(this.#key, bytes(value), nowMs).records
  }

  receive(record: StoreRecord, nowMs: number): void {
    this.#store.apply(record, nowMs)
  }

  value(): string | undefined {
    return read(this.#store, this.#key)
  }

  state(): string {
    return stateOf(this.#store)
  }

  identity(): string {
    const state = stateOf(this.#store)
    // Beside what it holds there is the clock, whose next timestamp tells all of it.
    return `${state}\n${this.#store.set('another key', bytes(''), 0).timestamp}`
  }
}

test(
  'three nodes, every history under leases: no history diverges, and one lease server would decide the same',
  { timeout },
  () => {
    const counts = checkEveryHistory({
      nodes,
      writes,
      kinds: ['set', 'delete'],
      gapsSeconds,
      leaseSeconds,
      makeReplica: (name) => new StoreReplica(name, leaseSeconds),
    })
    console.log('every history under leases', counts)
    expect(counts.firstFault).toBeUndefined()
    expect(counts.divergent).toBe(0)
    expect(counts.differ).toBe(0)
    expect(counts.histories).toBeGreaterThan(historiesMin)
  },
)

test('three nodes, every history of leases of different lengths, and of releases', { timeout }, () => {
  const counts = checkEveryHistory({
    nodes,
    writes,
    kinds: ['set', 'short', 'release'],
    gapsSeconds: [0, 2, 5],
    leaseSeconds,
    makeReplica: (name) => new StoreReplica(name, leaseSeconds),
  })
  console.log('every history of lengths and releases', counts)
  expect(counts.firstFault).toBeUndefined()
  expect([counts.divergent, counts.differ]).toEqual([0, 0])
  expect(counts.histories).toBeGreaterThan(historiesMin)
})

test(
  'an owned key, which other nodes delete a minute after its lease: every history converges, as one lease server would decide',
  { timeout },
  () => {
    const owners = ['a', 'b', 'c'].map((letter) => letter.repeat(32))
    const key = `~${owners[0]}/key`
    const counts = checkEveryHistory({
      nodes: owners,
      writes,
      kinds: ['set', 'delete'],
      gapsSeconds: [0, 1, leaseSeconds, graceSeconds, leaseSeconds + graceSeconds, leaseSeconds + graceSeconds + 1],
      leaseSeconds,
      only: owners[0],
      makeReplica: (name) => new StoreReplica(name, leaseSeconds, key),
    })
    console.log('every history of an owned key', counts)
    expect(counts.firstFault).toBeUndefined()
    expect([counts.divergent, counts.differ]).toEqual([0, 0])
    expect(counts.histories).toBeGreaterThan(historiesMin)
  },
)

test('three nodes, every history without leases, of fields too: no history diverges', { timeout }, () => {
  const kinds = ['set', 'delete', 'field'] as const
  const counts = checkEveryHistory({
    nodes,
    writes,
    kinds,
    gapsSeconds: [0, 2],
    leaseSeconds: undefined,
    makeReplica: (name) => new StoreReplica(name, 0),
  })
  console.log('every history without leases', counts)
  expect(counts.firstFault).toBeUndefined()
  expect(counts.divergent).toBe(0)
  expect(counts.histories).toBeGreaterThan(historiesMin)
})

test('the check itself finds a merge that asks for the lease', { timeout }, () => {
  const counts = checkEveryHistory({
    nodes,
    writes,
    kinds: ['set', 'delete'],
    gapsSeconds,
    leaseSeconds,
    makeReplica: (name) => new AskingReplica(name),
  })
  console.log('a merge that asks for the lease', { ...counts, firstFault: undefined })
  expect(counts.divergent).toBeGreaterThan(historiesMin / 10)
})

/** Keeps one record, and refuses others' while its lease lives: what the key state is there to do better. */
class AskingReplica implements HistoryReplica {
  readonly #maker: Store
  #record: StoreRecord | undefined

  constructor(name: string) {
    this.#maker = replica(name, { leaseSeconds: 0 })
  }

  write(kind: WriteKind, value: string, nowMs: number): readonly StoreRecord[] {
    if (kind === 'delete' && this.value() === undefined) return []
    const made = this.#maker.set('key', bytes(kind === 'delete' ? 'deleted' : value), nowMs).records[0]
    if (made === undefined) return []
    if (!this.#accepts(made)) throw new LeaseHeldError({ key: made.key, owner: 'another', expiresAt: nowMs })
    this.#record = made
    return [made]
  }

  receive(record: StoreRecord): void {
    if (this.#accepts(record)) this.#record = record
  }

  value(): string | undefined {
    const value = this.#record && binaryFromBytes(this.#record.value)
    return value === 'deleted' ? undefined : value
  }

  state(): string {
    return `${this.value()} ${this.#record?.timestamp}`
  }

  identity(): string {
    const timestamp = this.#maker.set('another key', bytes(''), 0).timestamp
    return `${JSON.stringify(this.#record)} ${stateOf(this.#maker)} ${timestamp}`
  }

  #accepts(record: StoreRecord): boolean {
    if (this.#record === undefined || this.value() === undefined) return true
    const isLive = record.timestamp < this.#record.timestamp + (leaseSeconds + 1) * 2 ** 20
    return !isLive || binaryFromBytes(record.owner) === binaryFromBytes(this.#record.owner)
  }
}
