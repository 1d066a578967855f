import { describe, expect, test } from 'vitest'
import { bytes, deliver, read, reconcile, replica, start } from '../../test/replica.test-helper.ts'

const ephemeral = { leaseSeconds: 10, ephemeral: true } as const
/** The value is there through the last second of its lease. */
const endMs = start + 11_000
/** From then on no lease of such a record can last: 14,400 s and a minute later, rounded up to a minute. */
const garbageMs = start + 14_460_000

/** Two replicas that have one ephemeral key of alice. */
function startPair() {
  const [alice, bob] = [replica('alice'), replica('bob')]
  deliver(alice.set('key', bytes('here'), start, ephemeral), start, bob)
  return { alice, bob, both: [alice, bob] }
}

describe('the value of an ephemeral key', () => {
  test('ends with its lease, once, on every replica, and without a message', () => {
    const { both } = startPair()
    for (const store of both) {
      expect(store.nextEndMs).toBe(endMs)
      expect(store.endEphemeral(endMs - 1)).toEqual([])
      expect(read(store, 'key')).toBe('here')
      expect(store.endEphemeral(endMs)).toMatchObject([{ key: 'key', effect: 'expire', owner: 'alice' }])
      expect([store.has('key'), store.size, [...store.keys()]]).toEqual([false, 0, []])
      expect(store.endEphemeral(endMs + 1000)).toEqual([])
    }
  })

  test('stays while its owner renews it', () => {
    const { alice, bob } = startPair()
    deliver(alice.renew('key', start + 9000), start + 9000, bob)
    expect(bob.endEphemeral(endMs)).toEqual([])
    expect(bob.nextEndMs).toBe(endMs + 9000)
    expect(bob.endEphemeral(endMs + 9000)).toHaveLength(1)
  })

  test('is there again when a renewal comes late, with an update', () => {
    const { alice, bob } = startPair()
    const renewal = alice.renew('key', start + 9000)
    bob.endEphemeral(endMs)
    expect(deliver(renewal, endMs, bob)).toMatchObject([{ outcome: 'accepted', change: { effect: 'update' } }])
    expect(read(bob, 'key')).toBe('here')
  })

  test('ends again after a renewal that came late, as often as one does', () => {
    const { alice, bob } = startPair()
    for (let round = 1; round <= 3; round += 1) {
      const atMs = start + round * 9000
      const renewal = alice.renew('key', atMs)
      bob.endEphemeral(atMs + 2000)
      expect(deliver(renewal, atMs + 2000, bob)).toMatchObject([{ change: { effect: 'update' } }])
      expect(bob.nextEndMs).toBe(atMs + 11_000)
      expect(bob.endEphemeral(atMs + 11_000)).toMatchObject([{ key: 'key', effect: 'expire' }])
      expect(bob.has('key')).toBe(false)
    }
  })

  test('stays away when what comes late has ended, too', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    const change = alice.set('key', bytes('here'), start, ephemeral)
    bob.set('other', bytes('x'), start, ephemeral)
    bob.endEphemeral(endMs)
    expect(deliver(change, endMs, bob)).toMatchObject([{ outcome: 'accepted', change: { effect: 'none' } }])
    expect(bob.has('key')).toBe(false)
  })

  test('may be set by others when it has ended, and be deleted before', () => {
    const { alice, bob } = startPair()
    expect(() => bob.set('key', bytes('x'), start)).toThrow('alice')
    for (const store of [alice, bob]) store.endEphemeral(endMs)
    expect(bob.delete('key', endMs)).toBeUndefined()
    expect(deliver(bob.set('key', bytes('mine'), endMs), endMs, alice)[0]).toMatchObject({
      change: { effect: 'update' },
    })
    expect([read(alice, 'key'), read(bob, 'key')]).toEqual(['mine', 'mine'])
  })
})

describe('garbage', () => {
  test('is dropped when no lease of such a record can last, at whole minutes, with its records', () => {
    const { both } = startPair()
    for (const store of both) {
      store.endEphemeral(endMs)
      expect([store.dropGarbage(garbageMs - 1), store.recordCount]).toEqual([[], 1])
      expect(store.dropGarbage(garbageMs)).toEqual(['key'])
      expect([store.recordCount, store.garbageBefore]).toEqual([0, garbageMs / 1000])
      expect(store.summaryRoot()).toEqual(replica('alice').summaryRoot())
    }
  })

  test('of a deletion is dropped then, too, and not after a month', () => {
    const { alice } = startPair()
    alice.delete('key', start + 1000)
    expect(alice.recordCount).toBe(1)
    expect(alice.dropGarbage(garbageMs + 60_000)).toEqual(['key'])
  })

  test('a key with a record that is not ephemeral is none', () => {
    const { alice, bob } = startPair()
    for (const store of [alice, bob]) store.endEphemeral(endMs)
    deliver(bob.set('key', bytes('stays'), endMs), endMs, alice)
    expect(alice.dropGarbage(garbageMs + 86_400_000)).toEqual([])
    expect(read(alice, 'key')).toBe('stays')
  })

  test('is left out of a comparison with one that has dropped it', () => {
    const { alice, bob } = startPair()
    for (const store of [alice, bob]) {
      store.set(store.id, bytes('stays'), start)
      store.endEphemeral(endMs)
    }
    reconcile(alice, bob, endMs)
    alice.dropGarbage(garbageMs)
    const cut = { completeSince: 0, garbageBefore: alice.garbageBefore }
    expect(bob.summaryOf(cut)).toEqual(alice.summaryOf(cut))
    expect([...bob.records(cut)]).toHaveLength(2)
    expect(bob.recordIdsOf(cut).keys.toSorted()).toEqual(['alice', 'bob'])
    expect([...bob.records()]).toHaveLength(3)
  })

  test('renewed, it is none for as much longer', () => {
    const { alice } = startPair()
    for (let second = 9; second < 3600; second += 9) alice.renew('key', start + second * 1000)
    expect(alice.endEphemeral(start + 3600_000)).toEqual([])
    expect(alice.dropGarbage(garbageMs + 60_000)).toEqual([])
    expect(alice.endEphemeral(start + 3700_000)).toHaveLength(1)
    expect(alice.dropGarbage(garbageMs + 3_660_000)).toEqual(['key'])
  })
})
