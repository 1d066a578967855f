import { describe, expect, test } from 'vitest'
import { LeaseHeldError } from '../index.ts'
import { bytes, deliver, read, reconcile, replica, start, stateOf } from '../../test/replica.test-helper.ts'

const hour = 3_600_000
const second = 1000

describe('the rules of leases', () => {
  test('what another node has set within the last hour cannot be overwritten', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    expect(read(bob, 'key')).toBe('hers')
    expect(() => bob.set('key', bytes('his'), start + hour / 2)).toThrow(LeaseHeldError)
    expect(() => bob.delete('key', start + hour / 2)).toThrow(LeaseHeldError)
    expect(read(bob, 'key')).toBe('hers')
  })

  test('a lease lives through its 3600th second and is free after it', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    const lastMoment = start + hour + 999
    expect(bob.mayWrite('key', lastMoment)).toMatchObject({ owner: 'alice', expiresAt: lastMoment + 1 })
    expect(bob.mayWrite('key', lastMoment + 1)).toBeUndefined()
    expect(bob.lease('key')?.expiresAt).toBe(lastMoment + 1)
    const taken = bob.set('key', bytes('his'), lastMoment + 1)
    expect(deliver(taken, lastMoment + 1, alice)).toMatchObject([
      { outcome: 'accepted', change: { effect: 'update', owner: 'bob', leaseLost: false } },
      { outcome: 'known' },
    ])
    expect(read(alice, 'key')).toBe('his')
    expect(() => alice.set('key', bytes('hers'), lastMoment + 2)).toThrow(LeaseHeldError)
  })

  test('changing the value renews the lease', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('one'), start), start, bob)
    deliver(alice.set('key', bytes('two'), start + hour / 2), start + hour / 2, bob)
    expect(bob.mayWrite('key', start + hour + second)).toBeInstanceOf(LeaseHeldError)
    expect(bob.mayWrite('key', start + hour + hour / 2 + second)).toBeUndefined()
    expect(bob.lease('key')).toMatchObject({ owner: 'alice', acquiredAt: start })
    expect(bob.recordCount).toBe(1)
  })

  test('deleting relinquishes the lease', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    const deleted = alice.delete('key', start + second)
    expect(deleted).toMatchObject({ effect: 'delete', value: undefined, leaseLost: false })
    deliver(deleted, start + second, bob)
    expect(bob.has('key')).toBe(false)
    expect(bob.lease('key')).toBeUndefined()
    deliver(bob.set('key', bytes('his'), start + second), start + second, alice)
    expect(read(alice, 'key')).toBe('his')
    expect(stateOf(alice)).toBe(stateOf(bob))
  })

  test('deleting what is not there does nothing', () => {
    const alice = replica('alice')
    expect(alice.delete('key', start)).toBeUndefined()
    alice.set('key', bytes('hers'), start)
    alice.delete('key', start)
    expect(alice.delete('key', start)).toBeUndefined()
    expect(alice.recordCount).toBe(1)
  })

  test('two leases begun in the same second are settled by a string compare of the ids', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    // Bob is earlier by 900 ms, but in the same second.
    const his = bob.set('key', bytes('his'), start)
    const hers = alice.set('key', bytes('hers'), start + 900)
    expect(deliver(hers, start + second, bob)).toMatchObject([{ change: { effect: 'update', leaseLost: true } }])
    expect(deliver(his, start + second, alice)).toMatchObject([{ change: { effect: 'none', leaseLost: false } }])
    expect([read(alice, 'key'), read(bob, 'key')]).toEqual(['hers', 'hers'])
    expect(stateOf(alice)).toBe(stateOf(bob))
  })

  test('of two leases begun apart in different seconds the earlier wins, whoever has the smaller id', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    bob.set('key', bytes('his'), start)
    alice.set('key', bytes('hers'), start + second)
    reconcile(alice, bob, start + 2 * second)
    expect([read(alice, 'key'), read(bob, 'key')]).toEqual(['his', 'his'])
    expect(alice.lease('key')?.token).toEqual({ timestamp: (start / 1000) * 2 ** 20, owner: 'bob' })
  })

  test('a refused claim is heard again when its owner has renewed it after the lease it met', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    alice.set('key', bytes('hers'), start)
    bob.set('key', bytes('his'), start + second)
    bob.set('key', bytes('his, again'), start + hour + second)
    reconcile(alice, bob, start + hour + second)
    expect(read(alice, 'key')).toBe('his, again')
    // Bob's lease began anew where it was granted, and his next write renews that lease term.
    expect(alice.lease('key')?.acquiredAt).toBe(start + hour + second)
    deliver(bob.set('key', bytes('third'), start + hour + 2 * second), start + hour + 2 * second, alice)
    expect(stateOf(alice)).toBe(stateOf(bob))
  })

  test('a lease taken from its holder is told as lost, one that ran out is not', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    bob.set('key', bytes('his'), start + second)
    const [lost] = deliver(alice.set('key', bytes('hers'), start), start + second, bob)
    expect(lost).toMatchObject({ change: { leaseLost: true, owner: 'alice', value: bytes('hers') } })
    expect(bob.expiredLeases(start + 2 * hour)).toEqual([])
  })

  test('without leases anyone may overwrite, and the later write stays', () => {
    const [alice, bob] = [replica('alice', { leaseSeconds: 0 }), replica('bob', { leaseSeconds: 0 })]
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    expect(bob.mayWrite('key', start)).toBeUndefined()
    deliver(bob.set('key', bytes('his'), start), start, alice)
    expect([read(alice, 'key'), read(bob, 'key')]).toEqual(['his', 'his'])
    expect(alice.lease('key')).toBeUndefined()
    expect(alice.recordCount).toBe(1)
    deliver(alice.delete('key', start + second), start + second, bob)
    expect(bob.has('key')).toBe(false)
  })
})

describe('leases that run out', () => {
  test('each is told once, in its time, however often it was renewed', () => {
    const alice = replica('alice')
    alice.set('one', bytes('1'), start)
    alice.set('two', bytes('2'), start + second)
    alice.set('three', bytes('3'), start + second)
    alice.set('one', bytes('1'), start + 2 * second)
    alice.delete('three', start + 2 * second)
    expect(alice.expiredLeases(start + hour)).toEqual([])
    expect(alice.expiredLeases(start + hour + 2 * second)).toEqual(['two'])
    expect(alice.expiredLeases(start + hour + 2 * second)).toEqual([])
    expect(alice.expiredLeases(start + hour + 3 * second)).toEqual(['one'])
    expect(alice.expiredLeases(start + 9 * hour)).toEqual([])
  })

  test('at the time of the wall clock, also of a node whose timestamps run ahead of it', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    // Bob's clock is 25 s ahead, and his timestamps are greater than any of hers.
    deliver(bob.set('other', bytes('his'), start + 25 * second), start, alice)
    alice.set('key', bytes('hers'), start)
    const end = alice.lease('key')?.expiresAt ?? 0
    expect(end).toBe(start + hour + 26 * second)
    expect(alice.expiredLeases(start + hour + second)).toEqual([])
    expect(alice.expiredLeases(end - 1)).toEqual([])
    expect(alice.expiredLeases(end)).toEqual(['key'])
  })

  test('own records that come back in any order after a restart count as well', () => {
    const before = replica('alice')
    const changes = [0, 1, 2, 3].map((at) => before.set(`key ${at}`, bytes('value'), start + at * second))
    const alice = replica('alice')
    for (const change of changes.toReversed()) deliver(change, start + 10 * second, alice)
    expect(alice.expiredLeases(start + hour + 2 * second)).toEqual(['key 0', 'key 1'])
    expect(alice.expiredLeases(start + 2 * hour)).toEqual(['key 2', 'key 3'])
  })

  test('a writer may go on after its lease has run out, if nobody came', () => {
    const alice = replica('alice')
    alice.set('key', bytes('one'), start)
    const change = alice.set('key', bytes('two'), start + 2 * hour)
    expect(change.records.map(({ value }) => value)).toEqual([bytes('two'), bytes('one')])
    expect(alice.lease('key')?.acquiredAt).toBe(start + 2 * hour)
  })

  test('the fast clock of a third ends no lease', () => {
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => replica(name))
    if (!alice || !bob || !carol) throw new Error('Three replicas were made.')
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    const nearEnd = start + hour - 10 * second
    deliver(carol.set('other', bytes('value'), nearEnd + 25 * second), nearEnd, bob)
    expect(bob.mayWrite('key', nearEnd)?.owner).toBe('alice')
    expect(() => bob.set('key', bytes('his'), nearEnd)).toThrow(LeaseHeldError)
    const afterEnd = start + hour + second
    deliver(bob.set('key', bytes('his'), afterEnd), afterEnd, alice, carol)
    expect([alice, bob, carol].map((store) => read(store, 'key'))).toEqual(['his', 'his', 'his'])
  })
})

describe('a lease has a length of its own', () => {
  test('which its latest write decides: shorter and longer', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('a'), start, { leaseSeconds: 10 }), start, bob)
    expect(bob.lease('key')).toMatchObject({ expiresAt: start + 11_000, leaseSeconds: 10 })
    deliver(alice.set('key', bytes('a'), start + 1000, { leaseSeconds: 2 }), start + 1000, bob)
    expect(bob.mayWrite('key', start + 3999)?.code).toBe('LEASE_HELD')
    expect(bob.mayWrite('key', start + 4000)).toBeUndefined()
    deliver(alice.set('key', bytes('a'), start + 2000), start + 2000, bob)
    expect(bob.lease('key')?.expiresAt).toBe(start + 3_603_000)
  })

  test('and a lease that was shortened is reported as expired once, at its new end', () => {
    const alice = replica('alice')
    alice.set('key', bytes('a'), start, { leaseSeconds: 10 })
    alice.set('key', bytes('a'), start, { leaseSeconds: 2 })
    expect(alice.expiredLeases(start + 2999)).toEqual([])
    expect(alice.expiredLeases(start + 3000)).toEqual(['key'])
    expect(alice.expiredLeases(start + 60_000)).toEqual([])
  })

  test('renew keeps length and value, and tells a reader nothing', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('a'), start, { leaseSeconds: 10 }), start, bob)
    expect(bob.renew('key', start)).toBeUndefined()
    const renewal = alice.renew('key', start + 5000)
    expect(renewal?.effect).toBe('none')
    expect(deliver(renewal, start + 5000, bob)).toMatchObject([{ outcome: 'accepted', change: { effect: 'none' } }])
    expect([read(bob, 'key'), bob.lease('key')?.expiresAt]).toEqual(['a', start + 16_000])
    expect(alice.renew('key', start + 16_000)).toBeUndefined()
    expect(alice.renew('none', start)).toBeUndefined()
  })

  test('release ends the lease and leaves the value, which anyone may overwrite', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('a'), start), start, bob)
    expect(bob.release('key', start)).toBeUndefined()
    const release = alice.release('key', start + 1000)
    expect(release?.effect).toBe('release')
    expect(deliver(release, start + 1000, bob)).toMatchObject([{ outcome: 'accepted', change: { effect: 'release' } }])
    expect([read(bob, 'key'), bob.lease('key'), alice.lease('key')]).toEqual(['a', undefined, undefined])
    expect(alice.release('key', start + 1000)).toBeUndefined()
    expect(alice.expiredLeases(start + 2 * 3_600_000)).toEqual([])
    deliver(bob.set('key', bytes('b'), start + 2000), start + 2000, alice)
    expect([read(alice, 'key'), alice.lease('key')?.owner]).toEqual(['b', 'bob'])
  })

  test.each([
    [{ leaseSeconds: 0 }, 'from 1 to 14400'],
    [{ leaseSeconds: 14_401 }, 'from 1 to 14400'],
    [{ leaseSeconds: 1.5 }, 'from 1 to 14400'],
  ])('%o is refused', (length, expected) => {
    expect(() => replica('alice').set('key', bytes('a'), start, length)).toThrow(expected)
  })

  test('without leases there are none', () => {
    const alice = replica('alice', { leaseSeconds: 0 })
    expect(() => alice.set('key', bytes('a'), start, { leaseSeconds: 1 })).toThrow('there are no leases')
    alice.set('key', bytes('a'), start)
    expect([alice.renew('key', start), alice.release('key', start)]).toEqual([undefined, undefined])
  })
})
