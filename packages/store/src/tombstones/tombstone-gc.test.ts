import { describe, expect, test } from 'vitest'
import type { BinaryString } from '../values/binary-string.ts'
import { recordId } from '../records/record.ts'
import { SignedBatch } from '../signing/signed-batch.ts'
import { drawsOf, shuffledWithRepeats } from '../../test/algebra.test-helper.ts'
import type { Store } from '../index.ts'
import { bytes, deliver, read, recordBy, recordsOf, replica, start, stateOf } from '../../test/replica.test-helper.ts'

const hour = 3_600_000
const day = 24 * hour
const retention = 30 * day

/** Hands over what each tells of, as a comparison does, until nothing is new. Returns how many rounds it took. */
function compare(stores: readonly Store[], nowMs: number): number {
  for (let round = 0; ; round += 1) {
    const roots = new Set(stores.map((store) => `${store.recordCount} ${store.summaryRoot().join()}`))
    if (roots.size === 1 || round === 10) return round
    const records = stores.flatMap(recordsOf)
    for (const store of stores) for (const record of records) store.apply(record, nowMs)
  }
}

test('a deleted key is forgotten when all its records are past the horizon, whole and at once', () => {
  const [alice, bob] = [replica('alice'), replica('bob')]
  deliver(alice.set('key', bytes('hers'), start), start, bob)
  deliver(bob.set('key', bytes('his'), start + 2 * hour), start + 2 * hour, alice)
  deliver(bob.delete('key', start + 3 * hour), start + 3 * hour, alice)
  expect(alice.recordCount).toBe(2)
  alice.collectTombstones(start + retention + 2 * hour)
  // The claim of alice is old enough, that of bob is not.
  expect(alice.recordCount).toBe(2)
  alice.collectTombstones(start + retention + 4 * hour)
  expect([alice.recordCount, recordsOf(alice)]).toEqual([0, []])
  expect(alice.summaryRoot()).toEqual(replica('nobody').summaryRoot())
  expect(alice.summaryRoot()).toEqual(replica('nobody').summaryRoot())
})

test('a value is never forgotten, however old it is', () => {
  const alice = replica('alice')
  alice.set('key', bytes('value'), start)
  for (let month = 1; month <= 24; month += 1) alice.collectTombstones(start + month * retention)
  expect(read(alice, 'key')).toBe('value')
})

describe('deleted keys that take more than tombstoneBytesMax', () => {
  const minute = 60_000
  // Each takes 34 bytes and its name; 288 and its name in the first minute.
  const limits = { tombstoneBytesMax: 1000 }
  const name = (index: number): string => `name ${String(index).padStart(2, '0')}`

  /** Sets and deletes a name each minute. */
  function filled(store: Store, count: number): number {
    for (let index = 0; index < count; index += 1) {
      const nowMs = start + index * minute
      store.set(name(index), bytes('value'), nowMs)
      store.delete(name(index), nowMs)
      store.collectTombstones(nowMs)
    }
    return start + count * minute
  }

  test('are dropped, the oldest first, to a little less, and the store knows since when it is complete', () => {
    const alice = replica('alice', { limits })
    expect(filled(alice, 10)).toBe(start + 10 * minute)
    expect([alice.recordCount, alice.completeSince]).toEqual([10, 0])
    filled(alice, 40)
    expect(alice.recordCount).toBeLessThanOrEqual(12)
    const retained = recordsOf(alice).map(({ key }) => new TextDecoder().decode(key))
    expect(retained.toSorted()[0]).toBe(name(40 - alice.recordCount))
    expect(alice.completeSince).toBe(start / 1000 + (40 - alice.recordCount) * 60)
  })

  test('are kept for ten minutes, so that all nodes hear of them', () => {
    const alice = replica('alice', { limits })
    for (let index = 0; index < 30; index += 1) {
      alice.set(name(index), bytes('value'), start)
      alice.delete(name(index), start)
    }
    alice.collectTombstones(start + 9 * minute)
    expect(alice.recordCount).toBe(30)
    alice.collectTombstones(start + 11 * minute)
    expect([alice.recordCount, alice.completeSince]).toEqual([0, start / 1000 + 60])
  })

  test('do not come back as deletions, and their keys can be set again', () => {
    const [alice, bob] = [replica('alice', { limits }), replica('bob')]
    filled(alice, 40)
    const nowMs = filled(bob, 1)
    const [deletion] = recordsOf(bob)
    if (!deletion) throw new Error('There is one.')
    expect(alice.apply(deletion, nowMs).outcome).toBe('stale')
    deliver(bob.set(name(0), bytes('again'), nowMs), nowMs, alice)
    expect(read(alice, name(0))).toBe('again')
  })

  test('take 120 bytes each, signature and name of 15 bytes included, once they are a minute old', () => {
    const count = 8192
    const alice = replica('alice', { signed: true, limits: { tombstoneBytesMax: 120 * count } })
    for (let index = 0; index < count; index += 1) {
      const key = `session/${String(index).padStart(7, '0')}`
      alice.set(key, bytes('value'), start)
      alice.delete(key, start)
    }
    alice.signOwn((ids) => SignedBatch.sign(ids, () => new Uint8Array(64)))
    const root = alice.summaryRoot()
    for (const minutes of [2, 2, 2, 11]) alice.collectTombstones(start + minutes * minute)
    expect([alice.recordCount, alice.completeSince]).toEqual([count, 0])
    const ids = alice.recordIdsOf().ids.toSorted()
    expect(ids).toEqual(
      recordsOf(alice)
        .map((record) => recordId(record, new Uint8Array(32)))
        .toSorted(),
    )
    expect(alice.summaryRoot()).toEqual(root)
    // What is packed can be proven to others, and set again.
    const bob = replica('bob', { signed: true })
    for (const record of recordsOf(alice)) expect(bob.apply(record, start).outcome).toBe('accepted')
    expect(bob.summaryRoot()).toEqual(root)
    alice.set('session/0000000', bytes('again'), start + 12 * minute)
    expect([alice.size, read(alice, 'session/0000000')]).toEqual([1, 'again'])
  })

  test('that were signed alone take 200 bytes each, keep their proofs, and can be signed together later', () => {
    const count = 1500
    const alice = replica('alice', { signed: true, limits: { tombstoneBytesMax: 200 * count } })
    const sign = (ids: readonly BinaryString[]): SignedBatch => SignedBatch.sign(ids, () => new Uint8Array(64).fill(7))
    for (let index = 0; index < count; index += 1) {
      const key = `session/${String(index).padStart(7, '0')}`
      alice.set(key, bytes('value'), start)
      alice.delete(key, start)
      alice.signOwn(sign)
    }
    const root = alice.summaryRoot()
    for (const minutes of [2, 2, 11]) alice.collectTombstones(start + minutes * minute)
    expect([alice.recordCount, alice.completeSince]).toEqual([count, 0])
    const proven = (): number[] => recordsOf(alice).map(({ proof }) => proof?.batch.size ?? 0)
    expect(new Set(proven())).toEqual(new Set([1]))
    for (const { proof } of recordsOf(alice).slice(0, 3))
      expect(proof?.batch.signature).toEqual(new Uint8Array(64).fill(7))
    alice.signOwn(sign, { regroup: true })
    expect(new Set(proven())).toEqual(new Set([1024, count - 1024]))
    for (const minutes of [12, 13]) alice.collectTombstones(start + minutes * minute)
    expect([new Set(proven()), alice.recordCount]).toEqual([new Set([1024, count - 1024]), count])
    expect(alice.summaryRoot()).toEqual(root)
    for (const index of [0, 1, 1499])
      alice.set(`session/${String(index).padStart(7, '0')}`, bytes('x'), start + 14 * minute)
    expect(alice.size).toBe(3)
  })

  test('of others are refused for a while if they come faster than they can be packed; own ones are not', () => {
    const alice = replica('alice', { limits })
    const outcomes = Array.from({ length: 30 }, (_, index) => {
      const record = recordBy('bob', { key: bytes(name(index)), released: true, value: bytes('') })
      return alice.apply(record, start).outcome
    })
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(6)
    alice.set('mine', bytes('1'), start)
    expect(alice.delete('mine', start)?.effect).toBe('delete')
    const refused = recordBy('bob', { key: bytes(name(29)), released: true, value: bytes('') })
    expect(alice.apply(refused, start).outcome).toBe('full')
    alice.collectTombstones(start + 2 * minute)
    expect(alice.apply(refused, start + 2 * minute).outcome).toBe('accepted')
  })
})

test('a key that is told of no more keeps what it must: a late claim of it is refused as before', () => {
  const alice = replica('alice')
  const claim = recordBy('bob')
  const deletion = { ...claim, timestamp: claim.timestamp + 1, released: true, leaseSeconds: 0, value: bytes('') }
  alice.apply(deletion, start)
  alice.collectTombstones(start + retention + 1000)
  expect(alice.recordCount).toBe(0)
  expect(alice.apply(claim, start + retention + 1000).outcome).toBe('stale')
  expect(alice.apply(deletion, start + retention + 1000).outcome).toBe('known')
  expect(alice.has('key')).toBe(false)
})

test('a key that is told of no more, or is dropped here and not there, can be set again', () => {
  const nodes = ['alice', 'bob', 'carol'].map((name) => replica(name))
  const [alice, bob, carol] = nodes
  if (!alice || !bob || !carol) throw new Error('There are three nodes.')
  deliver(alice.set('key', bytes('old'), start), start, bob, carol)
  deliver(alice.delete('key', start), start, bob, carol)
  // Alice has dropped it, bob tells of it no more, carol still does.
  alice.collectTombstones(start + retention + 2 * hour)
  bob.collectTombstones(start + retention + 1000)
  const nowMs = start + retention + 2 * hour
  deliver(bob.set('key', bytes('new'), nowMs), nowMs, alice, carol)
  expect(compare(nodes, nowMs)).toBeLessThanOrEqual(1)
  expect(nodes.map((node) => read(node, 'key'))).toEqual(['new', 'new', 'new'])
  expect(new Set(nodes.map(stateOf)).size).toBe(1)
})

test('replicas that forget at different moments neither differ for longer nor give each other back what they forget', () => {
  const [alice, bob] = [replica('alice'), replica('bob')]
  for (let key = 0; key < 50; key += 1) {
    deliver(alice.set(`key ${key}`, bytes('value'), start), start, bob)
    deliver(alice.delete(`key ${key}`, start), start, bob)
  }
  let dividedHours = 0
  for (let at = start; at < start + retention + 2 * day; at += hour / 4) {
    // Bob's clock is 20 minutes behind.
    alice.collectTombstones(at)
    bob.collectTombstones(at - hour / 3)
    if (compare([alice, bob], at) > 1) dividedHours += 1 / 4
  }
  console.log(`divided for ${dividedHours} of ${24 * 32} hours`)
  expect(dividedHours).toBeLessThan(3)
  expect([alice.recordCount, bob.recordCount]).toEqual([0, 0])
  expect(compare([alice, bob], start + 2 * retention)).toBe(0)
})

test('nothing is forgotten before the longest lease has ended, if that is longer than the horizon', () => {
  const alice = replica('alice', { leaseSecondsMax: 5000, limits: { tombstoneRetentionMs: 1000 } })
  alice.set('key', bytes('value'), start)
  alice.delete('key', start)
  alice.collectTombstones(start + 4000 * 1000)
  expect(alice.recordCount).toBe(1)
  alice.collectTombstones(start + 9000 * 1000)
  expect(alice.recordCount).toBe(0)
})

test('the digest and the count stay true through forgetting, reviving and discarding', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const draw = drawsOf(seed)
    const leaseSeconds = draw(2) * 3600
    const alice = replica('alice', { leaseSeconds })
    let nowMs = start
    for (let step = 0; step < 60; step += 1) {
      nowMs += draw(4) * 5 * day
      const key = `key ${draw(4)}`
      const kind = draw(5)
      if (kind < 2 && alice.mayWrite(key, nowMs) === undefined) alice.set(key, bytes(`${step}`), nowMs)
      else if (kind === 2 && alice.mayWrite(key, nowMs) === undefined) alice.delete(key, nowMs)
      else if (kind === 3) {
        const timestamp = Math.floor((nowMs - draw(40) * day) / 1000) * 2 ** 20
        alice.apply(recordBy('bob', { key: bytes(key), timestamp, released: draw(2) === 0 }), nowMs)
      } else alice.collectTombstones(nowMs)
      if (draw(20) === 0) alice.dropRemoteState(nowMs - draw(30) * day)
      if (draw(2) === 0) alice.summaryRoot()
    }
    const copy = replica('copy', { leaseSeconds })
    for (const record of shuffledWithRepeats(recordsOf(alice), draw)) copy.apply(record, nowMs)
    expect([seed, copy.recordCount, stateOf(copy)]).toEqual([seed, alice.recordCount, stateOf(alice)])
    expect(copy.summaryRoot()).toEqual(alice.summaryRoot())
    expect(copy.summaryRoot()).toEqual(alice.summaryRoot())
  }
})
