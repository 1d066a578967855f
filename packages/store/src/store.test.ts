import { describe, expect, test } from 'vitest'
import { binaryFromBytes, bytesFromBinary, InvalidKeyError, type Store, type StoreRecord } from './index.ts'
import {
  bytes,
  deliver,
  ownerNamed,
  read,
  reconcile,
  recordBy,
  recordsOf,
  replica,
  start,
  stateOf,
} from '../test/replica.test-helper.ts'

const hour = 3_600_000

describe('a store is a map', () => {
  test('of keys that have a value, in the order in which they got one', () => {
    const alice = replica('alice')
    for (const key of ['one', 'two', 'three']) alice.set(key, bytes(key), start)
    alice.delete('one', start)
    alice.set('two', bytes('2'), start)
    alice.set('one', bytes('1'), start)
    expect([...alice.keys()]).toEqual(['two', 'three', 'one'])
    expect([...alice.entries()]).toEqual([
      ['two', bytes('2')],
      ['three', bytes('three')],
      ['one', bytes('1')],
    ])
    expect([alice.size, alice.has('one'), alice.has('four'), alice.get('four')]).toEqual([3, true, false, undefined])
  })

  test('that may be written while it is gone through', () => {
    const alice = replica('alice')
    for (const key of ['one', 'two', 'three']) alice.set(key, bytes(key), start)
    const seen: string[] = []
    for (const key of alice.keys()) {
      seen.push(key)
      if (key === 'one') alice.delete('two', start)
      if (key === 'three') alice.set('four', bytes('4'), start)
    }
    expect(seen).toEqual(['one', 'three', 'four'])
  })

  test('in which the empty value is a value', () => {
    const alice = replica('alice')
    expect(alice.set('key', bytes(''), start)).toMatchObject({ effect: 'update', value: bytes('') })
    expect([alice.has('key'), alice.get('key')]).toEqual([true, bytes('')])
    expect(alice.delete('key', start)?.effect).toBe('delete')
  })

  test('that keeps copies of what it is given', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    const value = bytes('value')
    const [record] = alice.set('key', value, start).records
    value.fill(0)
    expect(read(alice, 'key')).toBe('value')
    const received = { ...recordBy('carol'), key: bytes('other'), value: bytes('value') }
    bob.apply(received, start)
    for (const part of [received.owner, received.key, received.value]) part.fill(0)
    expect(read(bob, 'other')).toBe('value')
    expect(recordsOf(bob)[0]?.owner).toEqual(ownerNamed('carol'))
    expect(record?.value).toEqual(bytes('value'))
  })

  test('of any bytes', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    const every = binaryFromBytes(Uint8Array.from({ length: 256 }, (_, byte) => byte))
    deliver(alice.set(every, bytes('value'), start), start, bob)
    expect([...bob.keys()]).toEqual([every])
    expect(bytesFromBinary(every)).toEqual(Uint8Array.from({ length: 256 }, (_, byte) => byte))
    const long = new Uint8Array(10_000).fill(200)
    expect(bytesFromBinary(binaryFromBytes(long))).toEqual(long)
    expect(() => bytesFromBinary('測試')).toThrow(InvalidKeyError)
  })
})

describe('what a change tells', () => {
  test('of a claim: the new record, then the one that it supersedes', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    const first = alice.set('key', bytes('hers'), start)
    expect(first.records).toMatchObject([
      { key: bytes('key'), value: bytes('hers'), released: false, pruneWatermark: 0 },
    ])
    expect(alice.set('key', bytes('again'), start).records).toHaveLength(1)
    reconcile(alice, bob, start)
    const change = bob.set('key', bytes('his'), start + 2 * hour)
    expect(change.records.map((record) => binaryFromBytes(record.value))).toEqual(['his', 'again'])
    expect(change).toMatchObject({ key: 'key', effect: 'update', owner: 'bob', leaseLost: false })
    expect(change.timestamp).toBe(change.records[0]?.timestamp)
  })

  test('a replica that has only the claim and what it supersedes sees what the others see', () => {
    const [alice, bob, late] = [replica('alice'), replica('bob'), replica('late')]
    alice.set('key', bytes('hers'), start)
    reconcile(alice, bob, start)
    deliver(bob.set('key', bytes('his'), start + 2 * hour), start + 2 * hour, late)
    expect(stateOf(late)).toBe(stateOf(bob))
  })

  test('of records that are known, outdated, or change nothing that is read', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    const first = alice.set('key', bytes('one'), start)
    const second = alice.set('key', bytes('two'), start)
    expect(deliver(second, start, bob)).toMatchObject([{ outcome: 'accepted', change: { effect: 'update' } }])
    expect(deliver(second, start, bob)).toEqual([{ outcome: 'known' }])
    expect(deliver(first, start, bob)).toEqual([{ outcome: 'stale' }])
    const losing = recordBy('zoe', { acquired: (start / 1000 + 1) * 2 ** 20 })
    expect(bob.apply(losing, start)).toMatchObject({
      outcome: 'accepted',
      change: { effect: 'none', owner: 'alice', value: bytes('two'), records: [losing] },
    })
    expect(bob.apply(recordBy('zoe', { key: bytes('nothing'), released: true }), start)).toMatchObject({
      change: { effect: 'none', value: undefined },
    })
  })

  test('asking whether a key may be written changes nothing', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(alice.set('key', bytes('hers'), start), start, bob)
    const state = stateOf(bob)
    expect(bob.mayWrite('key', start)?.key).toEqual(bytes('key'))
    expect(bob.mayWrite('key', start + 2 * hour)).toBeUndefined()
    expect(bob.mayWrite('other', start)).toBeUndefined()
    expect(stateOf(bob)).toBe(state)
    expect(bob.set('other', bytes('his'), start).timestamp).toBe((start / 1000) * 2 ** 20 + 1)
  })
})

describe('many keys at once', () => {
  test('are set or deleted all, or none when another node holds one of them', () => {
    const [alice, bob] = [replica('alice'), replica('bob')]
    deliver(bob.set('his', bytes('his'), start), start, alice)
    expect(() => alice.setAll(entriesOf('one', 'two', 'his'), start)).toThrow(/"his" is leased by bob/)
    expect(() => alice.setAll(entriesOf('one', ''), start)).toThrow(InvalidKeyError)
    expect([...alice.keys()]).toEqual(['his'])
    expect(alice.setAll(entriesOf('one', 'two'), start).map(({ key }) => key)).toEqual(['one', 'two'])
    expect(() => alice.deleteAll(['one', 'his'], start)).toThrow(/"his" is leased by bob/)
    expect(alice.has('one')).toBe(true)
    expect(alice.deleteAll(['one', 'nothing', 'two'], start).map(({ effect }) => effect)).toEqual(['delete', 'delete'])
    expect([...alice.keys()]).toEqual(['his'])
  })
})

describe('fields, in a store without leases', () => {
  test('two nodes set two fields of one key apart, and both stay', () => {
    const [alice, bob] = [unleased('alice'), unleased('bob')]
    deliver(alice.set('key', bytes('base'), start), start, bob)
    alice.setField('key', 'x', bytes('1'), start + 1000)
    bob.setField('key', 'y', bytes('2'), start + 1000)
    reconcile(alice, bob, start + 1000)
    for (const store of [alice, bob]) {
      expect(store.fields('key')).toEqual(
        new Map([
          ['x', bytes('1')],
          ['y', bytes('2')],
        ]),
      )
      expect(read(store, 'key')).toBe('base')
    }
    expect(stateOf(alice)).toBe(stateOf(bob))
  })

  test('setting or deleting the whole replaces the fields before it, not those after it', () => {
    const [alice, bob] = [unleased('alice'), unleased('bob')]
    const early = alice.setField('key', 'x', bytes('1'), start)
    const whole = alice.set('key', bytes('whole'), start + 1000)
    const late = alice.setField('key', 'y', bytes('2'), start + 2000)
    expect(alice.fields('key')).toEqual(new Map([['y', bytes('2')]]))
    for (const change of [late, early, whole]) deliver(change, start + 2000, bob)
    expect(stateOf(bob)).toBe(stateOf(alice))
    expect(alice.delete('key', start + 3000)?.effect).toBe('delete')
    expect([alice.fields('key'), alice.has('key'), alice.recordCount]).toEqual([undefined, false, 1])
  })

  test('a value set as a whole has no fields', () => {
    const alice = unleased('alice')
    alice.set('key', bytes('whole'), start)
    expect(alice.fields('key')).toBeUndefined()
  })

  test('a key of which only fields were set has an empty value', () => {
    const alice = unleased('alice')
    expect(alice.setField('key', 'x', bytes('1'), start)).toMatchObject({ effect: 'update', value: bytes('') })
    expect([alice.size, alice.get('key'), alice.fields('key')?.size]).toEqual([1, bytes(''), 1])
    alice.delete('key', start)
    expect(alice.has('key')).toBe(false)
    alice.setField('key', 'x', bytes('2'), start)
    expect([alice.has('key'), alice.recordCount]).toEqual([true, 2])
  })

  test('of two writes with one timestamp that of the smaller id stays', () => {
    const [alice, bob] = [unleased('alice'), unleased('bob')]
    alice.set('key', bytes('hers'), start)
    bob.set('key', bytes('his'), start)
    reconcile(alice, bob, start)
    expect([read(alice, 'key'), read(bob, 'key')]).toEqual(['hers', 'hers'])
  })
})

describe('a record that no honest replica sends is invalid', () => {
  const faulty: [string, Partial<StoreRecord>][] = [
    ['the owner has 31 bytes, not 32', { owner: new Uint8Array(31) }],
    ['the key is empty', { key: bytes('') }],
    ['a timestamp is no safe integer', { acquired: 1.5, timestamp: 2 }],
    ['a timestamp is no safe integer', { pruneWatermark: Number.NaN }],
    ['the lease term does not begin between 1 and the timestamp', { acquired: 0, timestamp: 5 }],
    ['the lease term does not begin between 1 and the timestamp', { acquired: 6, timestamp: 5 }],
    ['the prune watermark does not lie between 0 and the timestamp', { timestamp: 5, pruneWatermark: 6 }],
    ['the prune watermark does not lie between 0 and the timestamp', { pruneWatermark: -1 }],
    ['a released record has a value', { released: true, value: bytes('value') }],
  ]
  const withLeases: typeof faulty = [
    ['a record under leases has a field', { field: bytes('x') }],
    ['a lease is of 14401 s, not of 0 to 14400 s', { leaseSeconds: 14_401 }],
    ['a lease is of 1.5 s, not of 0 to 14400 s', { leaseSeconds: 1.5 }],
    ['a released record has a lease', { released: true, value: bytes(''), leaseSeconds: 1 }],
    ['the lease of an ephemeral key is too short', { ephemeral: true, leaseSeconds: 4 }],
  ]
  const withoutLeases: typeof faulty = [
    ['a lease is of 1 s, not of 0 to 0 s', { leaseSeconds: 1 }],
    ['the lease of an ephemeral key is too short', { ephemeral: true }],
    ['a record without leases has a lease term', { acquired: 4, timestamp: 5 }],
    ['a record without leases has a lease term', { timestamp: 5, pruneWatermark: 1 }],
    ['a field is released', { field: bytes('x'), released: true }],
  ]

  test.each([...faulty, ...withLeases])('with leases: %s %o', (reason, fields) => {
    const alice = replica('alice')
    expect(alice.apply(recordBy('bob', fields), start)).toEqual({ outcome: 'invalid', reason })
    expect(alice.recordCount).toBe(0)
  })

  test.each([...faulty, ...withoutLeases])('without leases: %s %o', (reason, fields) => {
    const alice = replica('alice', { leaseSeconds: 0 })
    const record = recordBy('bob', { leaseSeconds: 0, ...fields })
    expect(alice.apply(record, start)).toEqual({ outcome: 'invalid', reason })
  })

  test('an unsafe timestamp is invalid too, not only far ahead', () => {
    const record = recordBy('bob', { acquired: 1, timestamp: 2 ** 53 })
    expect(replica('alice').apply(record, start)).toMatchObject({ reason: 'a timestamp is no safe integer' })
  })
})

function unleased(name: string): Store {
  return replica(name, { leaseSeconds: 0 })
}

function entriesOf(...keys: string[]): [string, Uint8Array][] {
  return keys.map((key) => [key, bytes(key)])
}
