import { describe, expect, test } from 'vitest'
import {
  deliver,
  bytes,
  ownerNamed,
  read,
  reconcile,
  recordBy,
  recordsOf,
  replica,
  start,
  stateOf,
} from './replica.test-helper.ts'
import { type BinaryString, recordId, SignedBatch, Store, type StoreRecord } from '../src/index.ts'

/** Stands for a signature; nothing here verifies one. */
const signRoot = (root: Uint8Array): Uint8Array => Uint8Array.of(...root, ...root)
const sign = (ids: readonly BinaryString[]): SignedBatch => SignedBatch.sign(ids, signRoot)

const signedReplica = (name: string): Store => replica(name, { signed: true })

/** The batches that a store's records are proven by. */
function batchesOf(store: Store): Set<SignedBatch | undefined> {
  return new Set(recordsOf(store).map(({ proof }) => proof?.batch))
}

describe('what a store has written', () => {
  test('is signed when it is asked for, 1024 records at once, and what was replaced by then never', () => {
    const store = signedReplica('a')
    const sizes: number[] = []
    const signAll = (): void => store.signOwn((ids) => (sizes.push(ids.length), sign(ids)))
    for (let index = 0; index < 2000; index++) store.set(`key ${index}`, bytes('first'), start)
    for (let times = 0; times < 5; times++) store.set('key 0', bytes(`${times}`), start)
    store.delete('key 1', start)
    expect(recordsOf(store).every(({ proof }) => proof === undefined)).toBe(true)
    signAll()
    signAll()
    expect(sizes).toEqual([1024, 976])
    expect(recordsOf(store).every(({ proof }) => proof?.batch.idAt(proof.index) !== undefined)).toBe(true)
    expect(batchesOf(store).size).toBe(2)
  })

  test('is signed after it was brought back without a signature, and after a cold join', () => {
    const store = signedReplica('a')
    store.restore(recordBy('a'))
    store.signOwn(sign)
    expect(batchesOf(store).has(undefined)).toBe(false)
    store.set('other', bytes('x'), start)
    store.dropRemoteState(start - 1000)
    expect(store.size).toBe(2)
    store.signOwn(sign)
    expect(batchesOf(store).has(undefined)).toBe(false)
  })

  test('a store of unsigned records signs nothing', () => {
    const store = replica('a')
    store.set('key', bytes('x'), start)
    store.signOwn(() => expect.unreachable())
    expect(recordsOf(store)[0]?.proof).toBeUndefined()
  })
})

describe('a received record', () => {
  test('without a proof is forged; one that changes nothing is not asked for its proof', () => {
    const store = signedReplica('b')
    const record = recordBy('a')
    expect(store.apply(record, start)).toEqual({ outcome: 'forged' })
    expect(store.size).toBe(0)
    // Not even the report of a clock that is wrong may be made in another's name.
    for (const aheadSeconds of [40, 7200]) {
      const ahead = recordBy('a', { timestamp: record.timestamp + aheadSeconds * 2 ** 20 })
      expect(store.apply(ahead, start)).toEqual({ outcome: 'forged' })
    }
    const batch = sign(['x'.repeat(32)])
    expect(store.apply(record, start, () => ({ batch, index: 0 })).outcome).toBe('accepted')
    expect(store.apply(record, start, () => expect.unreachable()).outcome).toBe('known')
    const earlier = recordBy('a', { acquired: record.timestamp - 1, timestamp: record.timestamp - 1 })
    const later = { ...record, timestamp: record.timestamp + 1 }
    store.apply(later, start, () => ({ batch, index: 0 }))
    expect(store.apply(record, start, () => expect.unreachable()).outcome).toBe('stale')
    expect(store.apply(earlier, start).outcome).toBe('forged')
  })

  test('keeps its proof while it waits for its time', () => {
    const [a, b] = [signedReplica('a'), signedReplica('b')]
    a.set('key', bytes('soon'), start + 40_000)
    a.signOwn(sign)
    for (const record of recordsOf(a)) expect(b.apply(record, start).outcome).toBe('quarantined')
    b.releaseDue(start + 40_000)
    expect(recordsOf(b)[0]?.proof?.batch.signature).toEqual(recordsOf(a)[0]?.proof?.batch.signature)
  })

  test('keeps its proof while it waits, whatever becomes of the others of its batch', () => {
    const b = signedReplica('b')
    const timestampOf = (nowMs: number): number => (nowMs / 1000) * 2 ** 20
    const soon = recordBy('a', { key: bytes('soon'), timestamp: timestampOf(start + 40_000) })
    const nows = Array.from({ length: 40 }, (_, index) => recordBy('a', { key: bytes(`key ${index}`) }))
    const all = [...nows, soon]
    const ids = all.map((record) => recordId(record, new Uint8Array(32)))
    const batch = sign(ids)
    all.forEach((record, index) => b.apply(record, start, () => ({ batch, index })))
    // All others are replaced, so that the batch is cut down, again and again.
    for (const record of nows) {
      const later = { ...record, timestamp: record.timestamp + 1 }
      const alone = sign([recordId(later, new Uint8Array(32))])
      expect(b.apply(later, start, () => ({ batch: alone, index: 0 })).outcome).toBe('accepted')
    }
    expect(b.releaseDue(start + 41_000)).toHaveLength(1)
    expect(b.has('soon')).toBe(true)
  })

  test('takes room by what proves it while it waits, and gives it back; records of one batch share that', () => {
    const b = replica('b', { signed: true, limits: { quarantineBytesMax: 8 * 64_000 } })
    const timestampOf = (nowMs: number): number => (nowMs / 1000) * 2 ** 20
    const offer = (perBatch: number, nowMs: number): number => {
      let waiting = 0
      for (let made = 0; made < 128; made += perBatch) {
        const records = Array.from({ length: perBatch }, (_, index) =>
          recordBy('a', { key: bytes(`key ${made + index}`), timestamp: timestampOf(nowMs + 40_000) }),
        )
        const batch = sign(records.map((record) => recordId(record, new Uint8Array(32))))
        const outcomes = records.map((record, index) => b.apply(record, nowMs, () => ({ batch, index })).outcome)
        waiting += outcomes.filter((outcome) => outcome === 'quarantined').length
      }
      return waiting
    }
    const counts = [1, 64, 1, 64].map((perBatch, turn) => {
      const nowMs = start + turn * 100_000
      const waiting = offer(perBatch, nowMs)
      expect(b.releaseDue(nowMs + 40_000)).toHaveLength(waiting)
      return waiting
    })
    expect(counts).toEqual([94, 108, 94, 108])
  })

  test('a batch that is held drops nothing', () => {
    const ids = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(32))
    const [held, free] = [sign(ids), sign(ids)]
    held.hold()
    for (const batch of [held, free]) {
      for (const index of [0, 1, 2, 3]) batch.retain(index)
      for (const index of [0, 1, 2]) batch.release(index)
    }
    expect(held.path([7])).toHaveLength(3 * 32)
    expect(() => free.path([7])).toThrow(RangeError)
    held.letGo()
    held.retain(4)
    held.release(3)
    held.release(4)
    expect(free.path([3])).toHaveLength(3 * 32)
  })

  test('replicas that hand on proven records come to one state', () => {
    const [a, b] = [signedReplica('a'), signedReplica('b')]
    for (let index = 0; index < 300; index++) (index % 2 === 0 ? a : b).set(`key ${index}`, bytes(`${index}`), start)
    for (const store of [a, b]) store.signOwn(sign)
    reconcile(a, b, start)
    expect(stateOf(a)).toBe(stateOf(b))
    expect(batchesOf(a).size).toBe(2)
  })
})

test('a store proves what it was given, whatever becomes of it in the store that gave it', () => {
  const [a, b] = [signedReplica('a'), signedReplica('b')]
  const keys = Array.from({ length: 8 }, (_, index) => `key ${index}`)
  for (const key of keys) a.set(key, bytes('x'), start)
  a.signOwn(sign)
  for (const record of recordsOf(a).slice(0, 2)) b.apply(record, start)
  // It keeps one record of the batch, and drops what proves the others.
  for (const key of keys.slice(0, 7)) a.set(key, bytes('y'), start + 1000)
  expect(batchesOf(b).size).toBe(1)
  for (const { proof } of recordsOf(b)) expect(proof?.batch.path([proof.index])).toHaveLength(3 * 32)
  a.signOwn(sign)
  reconcile(a, b, start + 1000)
  expect(stateOf(b)).toBe(stateOf(a))
})

describe('room', () => {
  /** A store that holds records of one batch, each received alone. */
  function holding(records: readonly StoreRecord[], bytesMax: number): Store {
    const store = replica('b', { signed: true, limits: { bytesMax } })
    for (const record of records) store.apply(record, start)
    return store
  }

  test('proofs take room as records do: whoever sends each with a batch of its own fills the store sooner', () => {
    const a = signedReplica('a')
    for (let index = 0; index < 1000; index++) a.set(`key ${index}`, bytes('x'), start)
    a.signOwn(sign)
    const together = recordsOf(a)
    const apart = together.map((record) => {
      const [id] = a.held.recordIds(String.fromCharCode(...record.key))
      return { ...record, proof: { batch: sign([id ?? '']), index: 0 } }
    })
    const bytesMax = 200_000
    expect(holding(apart, bytesMax).size).toBeLessThan(holding(together, bytesMax).size)
  })

  test('when records go, so does what proved them', () => {
    const a = signedReplica('a')
    for (let index = 0; index < 1024; index++) a.set(`key ${index}`, bytes('x'), start)
    a.signOwn(sign)
    const records = recordsOf(a)
    // Room for the records with whole trees, once.
    const store = replica('b', { signed: true, limits: { bytesMax: 400_000 } })
    for (let round = 0; round < 20; round++) {
      for (const { key, timestamp, ...rest } of records) {
        const later = { ...rest, key, timestamp: timestamp + round + 1 }
        const batch = sign([`${round} ${String.fromCharCode(...key)}`.padEnd(32)])
        expect(store.apply(later, start, () => ({ batch, index: 0 })).outcome).toBe('accepted')
      }
    }
    expect(store.size).toBe(1024)
  })
})

test('an owned key is valid only of its owner, and the name of an owner that is none is a key like any other', () => {
  const name = '4'.repeat(44)
  const owner = ownerNamed(name.slice(0, 32))
  const store = replica('b', { idOf: (key) => (key[0] === owner[0] ? name : 'b') })
  const record = { ...recordBy('a'), owner, key: bytes(`~${name}/x`) }
  expect(store.apply({ ...record, owner: ownerNamed('c') }, start)).toMatchObject({
    outcome: 'invalid',
    reason: 'the key is owned by another node',
  })
  expect(store.apply(record, start).outcome).toBe('accepted')
  for (const key of ['~', '~/', `~${name}`, `~${name}0/`, `~${'4'.repeat(31)}/x`, `x~${name}/`]) {
    store.set(key, bytes('any'), start)
    expect(read(store, key)).toBe('any')
  }
  for (const write of [() => store.set(`~${name}/y`, bytes('x'), start), () => store.delete(`~${name}/x`, start)]) {
    expect(write).toThrow(expect.objectContaining({ name: 'OwnedKeyError', owner: name }))
  }
  expect(store.mayWrite(`~${name}/y`, start)?.code).toBe('OWNED_KEY')
})

test('an owned key may be deleted by another node a minute after its lease has ended, and may not be set', () => {
  const [owner, other, name] = [ownerNamed('a'), ownerNamed('b'), '4'.repeat(44)]
  const idOf = (key: Uint8Array): string => (key[0] === owner[0] ? name : 'b')
  const [alice, bob] = [owner, other].map((each) => new Store({ owner: each, idOf, leaseSeconds: 10 }))
  if (!alice || !bob) throw new Error('There are two.')
  const key = `~${name}/x`
  deliver(alice.set(key, bytes('here'), start), start, bob)
  // The lease lives through its last second.
  const deletableAt = start + 71_000
  for (const at of [start, deletableAt - 1]) {
    expect(() => bob.delete(key, at)).toThrow(
      expect.objectContaining({ name: 'OwnedKeyError', owner: name, deletableAt }),
    )
  }
  expect(() => bob.set(key, bytes('x'), deletableAt)).toThrow(expect.objectContaining({ name: 'OwnedKeyError' }))
  expect([bob.mayDelete(key, deletableAt - 1)?.code, bob.mayDelete(key, deletableAt)]).toEqual(['OWNED_KEY', undefined])
  const deletion = bob.delete(key, deletableAt)
  expect(deliver(deletion, deletableAt, alice)[0]).toMatchObject({
    outcome: 'accepted',
    change: { effect: 'delete', leaseLost: false },
  })
  expect([alice.has(key), bob.has(key)]).toEqual([false, false])
  // The owner may come back.
  expect(deliver(alice.set(key, bytes('again'), deletableAt), deletableAt, bob)).toMatchObject([
    { outcome: 'accepted' },
  ])
  expect(read(bob, key)).toBe('again')
})

test('a record of an owned key by another node is invalid if it is no deletion with a lease term of its own', () => {
  const [owner, name] = [ownerNamed('a'), '4'.repeat(44)]
  const idOf = (key: Uint8Array): string => (key[0] === owner[0] ? name : 'b')
  const store = replica('b', { idOf, leaseSeconds: 10 })
  const record = { ...recordBy('c', { released: true }), key: bytes(`~${name}/x`) }
  for (const fault of [
    { acquired: record.timestamp - 1 },
    { pruneWatermark: 1 },
    { released: false, value: bytes('x') },
  ]) {
    expect(store.apply({ ...record, ...fault }, start).outcome).toBe('invalid')
  }
  expect(replica('b', { idOf, leaseSeconds: 0 }).apply(record, start).outcome).toBe('invalid')
  expect(store.apply(record, start).outcome).toBe('accepted')
})
