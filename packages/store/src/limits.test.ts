import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { defaultStoreLimits, InvalidArgumentError, Store, StoreFullError } from './index.ts'
import { bytes, deliver, ownerNamed, read, recordBy, replica, start, stateOf } from '../test/replica.test-helper.ts'

const hour = 3_600_000

describe('room', () => {
  test('keysMax: own writes throw, foreign records are turned away, deleting makes room', () => {
    const alice = replica('alice', { limits: { keysMax: 2 } })
    alice.set('one', bytes('1'), start)
    alice.set('two', bytes('2'), start)
    expect(() => alice.set('three', bytes('3'), start)).toThrow(StoreFullError)
    expect(alice.apply(recordBy('bob', { key: bytes('three') }), start)).toEqual({
      outcome: 'full',
      limit: 'keysMax',
    })
    expect(alice.set('one', bytes('again'), start).effect).toBe('update')
    expect(alice.delete('two', start)?.effect).toBe('delete')
    expect(alice.set('three', bytes('3'), start).effect).toBe('update')
    expect(() => alice.set('two', bytes('2'), start)).toThrow(StoreFullError)
    expect(alice.size).toBe(2)
  })

  test('what is longer than this replica takes is not kept, and is no fault of its sender', () => {
    const alice = replica('alice', { limits: { keyBytesMax: 8, valueBytesMax: 100 } })
    expect(alice.apply(recordBy('bob', { value: new Uint8Array(101) }), start)).toEqual({
      outcome: 'full',
      limit: 'valueBytesMax',
    })
    expect(alice.apply(recordBy('bob', { key: bytes('ninebytes') }), start)).toMatchObject({ limit: 'keyBytesMax' })
    expect(alice.recordCount).toBe(0)
  })

  test('many at once: all, or none if there is not room for all', () => {
    const alice = replica('alice', { limits: { keysMax: 2, bytesMax: 2000 } })
    alice.set('one', bytes('old'), start)
    const state = stateOf(alice)
    const write = (...entries: [string, number][]): unknown =>
      alice.setAll(
        entries.map(([key, size]) => [key, new Uint8Array(size)] as const),
        start,
      )
    expect(() => write(['one', 1], ['two', 1], ['three', 1])).toThrow(/keysMax is 2/)
    expect(() => write(['one', 900], ['two', 900])).toThrow(/bytesMax is 2000/)
    expect(stateOf(alice)).toBe(state)
    expect(write(['one', 800], ['two', 9], ['two', 800])).toHaveLength(2)
    expect([...alice.entries()].map(([key, value]) => [key, value.length])).toEqual([
      ['one', 800],
      ['two', 800],
    ])
  })

  test('a limit that there is not is refused', () => {
    expect(() => replica('alice', { limits: { keyMax: 5 } as object })).toThrow(InvalidArgumentError)
  })

  test('bytesMax: counted as records come and go', () => {
    const alice = replica('alice', { limits: { bytesMax: 1000 } })
    alice.set('one', new Uint8Array(600), start)
    expect(() => alice.set('two', new Uint8Array(600), start)).toThrow(/bytesMax is 1000/)
    expect(alice.apply(recordBy('bob', { value: new Uint8Array(600) }), start)).toMatchObject({ limit: 'bytesMax' })
    expect(() => alice.set('one', new Uint8Array(900), start)).toThrow(StoreFullError)
    expect(alice.get('one')).toHaveLength(600)
    expect(alice.set('one', new Uint8Array(500), start).effect).toBe('update')
    alice.delete('one', start)
    expect(alice.set('two', new Uint8Array(600), start).effect).toBe('update')
  })

  test('a failed write leaves no trace, not even a timestamp', () => {
    const alice = replica('alice', { limits: { keysMax: 1 } })
    alice.set('one', bytes('1'), start)
    const state = stateOf(alice)
    const root = alice.summaryRoot()
    expect(() => alice.set('two', bytes('2'), start)).toThrow(StoreFullError)
    expect(stateOf(alice)).toBe(state)
    expect(alice.summaryRoot()).toEqual(root)
    expect(alice.set('one', bytes('1'), start).timestamp).toBe((start / 1000) * 2 ** 20 + 1)
  })

  test('a full store can still be emptied, even of what others have left in it', () => {
    const alice = replica('alice', { limits: { bytesMax: 700 } })
    alice.apply(recordBy('bob', { value: new Uint8Array(500) }), start)
    expect(() => alice.set('key', bytes('mine'), start + 2 * hour)).toThrow(StoreFullError)
    expect(alice.delete('key', start + 2 * hour)?.effect).toBe('delete')
  })

  test('keysPerOwnerMax: per owner, this one included, on keys with a value that are new to it', () => {
    const alice = replica('alice', { limits: { keysPerOwnerMax: 2 } })
    for (const key of ['one', 'two']) alice.apply(recordBy('bob', { key: bytes(key) }), start)
    const third = recordBy('bob', { key: bytes('three') })
    expect(alice.apply(third, start)).toEqual({ outcome: 'full', limit: 'keysPerOwnerMax' })
    expect(alice.apply({ ...third, owner: ownerNamed('carol') }, start).outcome).toBe('accepted')
    const renewal = recordBy('bob', { key: bytes('one'), acquired: (start / 1000) * 2 ** 20 + 1 })
    expect(alice.apply(renewal, start).outcome).toBe('accepted')
    for (const key of ['a', 'b']) expect(alice.set(key, bytes('mine'), start).effect).toBe('update')
    expect(() => alice.set('c', bytes('mine'), start)).toThrow(/keysPerOwnerMax is 2/)
    expect(() =>
      alice.setAll(
        ['a', 'c'].map((key) => [key, bytes('mine')] as const),
        start,
      ),
    ).toThrow(/keysPerOwnerMax is 2/)
    alice.delete('a', start)
    expect(alice.set('c', bytes('mine'), start).effect).toBe('update')
  })

  test('names that an owner has set and deleted count against nobody', () => {
    const limits = { keysPerOwnerMax: 3, keysMax: 4 }
    const [alice, bob] = [replica('alice', { limits }), replica('bob', { limits })]
    for (let round = 0; round < 100; round += 1) {
      const key = `name ${round}`
      const changes = [bob.set(key, bytes('his'), start), bob.delete(key, start)]
      const results = changes.flatMap((change) => deliver(change, start, alice))
      expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
    }
    expect([alice.recordCount, alice.size]).toEqual([100, 0])
  })

  test('above half of keysMax the owner with most keys gets no more, and the others do', () => {
    const alice = replica('alice', { limits: { keysMax: 10 } })
    const receive = (owner: string, key: string): string =>
      alice.apply(recordBy(owner, { key: bytes(key) }), start).outcome
    expect(receive('carol', 'hers')).toBe('accepted')
    for (let key = 0; key < 4; key += 1) expect(receive('bob', `his ${key}`)).toBe('accepted')
    expect(receive('bob', 'his 4')).toBe('full')
    for (let key = 0; key < 3; key += 1) expect(receive('carol', `hers ${key}`)).toBe('accepted')
    expect(receive('carol', 'hers 3')).toBe('full')
    expect(alice.set('mine', bytes('1'), start).effect).toBe('update')
  })

  test('one owner alone may have all keys', () => {
    const alice = replica('alice', { limits: { keysMax: 4 } })
    for (let key = 0; key < 4; key += 1) alice.set(`key ${key}`, bytes('1'), start)
    expect(alice.size).toBe(4)
  })

  test('an owner whose records were all replaced has its keys back', () => {
    const limits = { keysPerOwnerMax: 5 }
    const [alice, bob] = [replica('alice', { leaseSeconds: 0, limits }), replica('bob', { leaseSeconds: 0 })]
    for (let round = 0; round < 5; round += 1) {
      const results = deliver(bob.set(`key ${round}`, bytes('his'), start), start, alice)
      expect(results).toMatchObject([{ outcome: 'accepted' }])
      alice.set(`key ${round}`, bytes('hers'), start)
    }
    expect(deliver(bob.set('key 5', bytes('his'), start), start, alice)).toMatchObject([{ outcome: 'accepted' }])
  })

  test('fieldsPerKeyMax: fields can be written again, not added', () => {
    const alice = replica('alice', { leaseSeconds: 0, limits: { fieldsPerKeyMax: 2 } })
    alice.setField('key', 'a', bytes('1'), start)
    alice.setField('key', 'b', bytes('1'), start)
    expect(() => alice.setField('key', 'c', bytes('1'), start)).toThrow(/fieldsPerKeyMax is 2/)
    alice.setField('key', 'b', bytes('2'), start)
    alice.set('key', bytes('whole'), start)
    expect(alice.setField('key', 'c', bytes('1'), start).effect).toBe('update')
  })
})

const count = scaled(2000, 10_000)

describe('lease terms', () => {
  test(`${count} handoffs between three nodes keep the key state at 32 records or fewer`, () => {
    const nodes = [replica('alice'), replica('bob'), replica('carol')]
    let most = 0
    let nowMs = start
    for (let handoff = 0; handoff < count; handoff += 1) {
      const writer = nodes[handoff % 3]
      if (writer === undefined) throw new Error('There are three nodes.')
      deliver(writer.set('key', bytes(`${handoff}`), nowMs), nowMs, ...nodes)
      // Every other holder gives the key up, the others let their leases run out.
      if (handoff % 2 === 0) deliver(writer.delete('key', nowMs), nowMs, ...nodes)
      else nowMs += hour + 1000
      most = Math.max(most, writer.recordCount)
    }
    console.log(`${count} handoffs: at most ${most} records`)
    expect(most).toBeLessThanOrEqual(32)
    expect(new Set(nodes.map(stateOf)).size).toBe(1)
    expect(nodes.map((node) => read(node, 'key'))).toEqual(Array(3).fill(`${count - 1}`))
  })

  test(`leaseTermsPerKeyMax: ${count} claims of liars on one key keep 128`, () => {
    const alice = replica('alice')
    for (let claim = 1; claim <= count; claim += 1) {
      alice.apply(recordBy(`liar ${claim % 7}`, { acquired: claim, timestamp: claim }), start)
    }
    expect(alice.recordCount).toBe(128)
  })

  test('no lease outlives its own hour: the strongest legal record, then 700 hourly takeovers', () => {
    const nodes = [replica('alice'), replica('bob')]
    const mallory = recordBy('mallory', { timestamp: (start / 1000 + 30) * 2 ** 20 })
    for (const node of nodes) node.apply({ ...mallory, pruneWatermark: mallory.timestamp }, start)
    let survived = 0
    for (let takeover = 1; takeover <= 700; takeover += 1) {
      const nowMs = start + takeover * (hour + 31_000)
      deliver(nodes[takeover % 2]?.set('key', bytes(`${takeover}`), nowMs), nowMs, ...nodes)
      if (nodes.every((node) => read(node, 'key') === `${takeover}`)) survived += 1
    }
    expect(survived).toBe(700)
  })
})

describe('options', () => {
  test('limits not given are the defaults; a limit of nonsense is refused', () => {
    expect(Object.isFrozen(defaultStoreLimits)).toBe(true)
    expect(() => replica('alice', { limits: { keysMax: -1 } })).toThrow(/^limits.keysMax must be a whole number/)
    expect(() => replica('alice', { limits: { bytesMax: Number.NaN } })).toThrow(InvalidArgumentError)
    expect(() => replica('alice', { limits: { leaseTermsPerKeyMax: 0 } })).toThrow(/at least 1/)
  })

  test('an unknown name is refused, with the nearest that there is', () => {
    const owner = new Uint8Array(32)
    expect(() => new Store({ owner, leasesSeconds: 60 } as never)).toThrow(
      /^options\.leasesSeconds is no option\. Did you mean leaseSeconds\? The options are owner, /,
    )
    expect(() => new Store({ owner, limits: { keyMax: 3 } as never })).toThrow(
      expect.objectContaining({
        ...{ code: 'INVALID_ARGUMENT', argument: 'limits.keyMax' },
        message: expect.stringContaining('Did you mean keysMax?') as unknown,
      }),
    )
    const policy = { prefix: 'a', leasing: true, leesing: false }
    expect(() => new Store({ owner, policies: [policy] })).toThrow(/^policies\.leesing is no option\./)
    expect(() => new Store({ owner }).set('key', 'value', start, { seconds: 5 } as never)).toThrow(
      'length.seconds is no option. The options are leaseSeconds, ephemeral.',
    )
    expect(() => new Store(undefined as never)).toThrow('options must be an object.')
  })

  test('owner, network id and length of leases are checked', () => {
    expect(() => new Store({ owner: new Uint8Array(31) })).toThrow('owner must be 32 bytes.')
    expect(() => replica('alice', { networkId: new Uint8Array(0) })).toThrow('networkId must be 32 bytes.')
    for (const leaseSeconds of [-1, 0.5, Number.NaN, 1e12]) {
      expect(() => replica('alice', { leaseSeconds })).toThrow(/^leaseSeconds must be whole seconds/)
    }
  })

  test('owners are named by the hex SHA-256 of their keys unless told otherwise', () => {
    const hash = '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925'
    expect(new Store({ owner: new Uint8Array(32) }).id).toBe(hash)
  })
})
