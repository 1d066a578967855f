import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawsOf, shuffledWithRepeats } from '../../test/algebra.test-helper.ts'
import { binaryFromBytes, recordId, type StoreRecord } from '../index.ts'
import { bytes, recordBy, recordsOf, replica, start, stateOf } from '../../test/replica.test-helper.ts'

const manyRecords = fc.array(
  fc
    .record({
      name: fc.constantFrom('alice', 'bob'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      second: fc.integer({ min: 1, max: 5 }),
      released: fc.boolean(),
    })
    .map(({ name, key, second, released }) =>
      recordBy(name, { key: bytes(key), timestamp: second * 2 ** 20, released }),
    ),
  { maxLength: 12 },
)

describe('the digest', () => {
  test('is the same on two replicas exactly if their states are', () => {
    let equal = 0
    const property = fc.property(manyRecords, fc.nat(), (records, seed) => {
      const draw = drawsOf(seed)
      const [alice, bob] = [replica('alice'), replica('bob')]
      for (const record of shuffledWithRepeats(records, draw)) alice.apply(record, start)
      for (const record of shuffledWithRepeats(records, draw)) if (draw(8) > 0) bob.apply(record, start)
      const isEqual = stateOf(alice) === stateOf(bob)
      if (isEqual) equal += 1
      expect(binaryFromBytes(alice.summaryRoot()) === binaryFromBytes(bob.summaryRoot())).toBe(isEqual)
    })
    fc.assert(property, { numRuns: 2000 })
    expect(equal).toBeGreaterThan(100)
    expect(equal).toBeLessThan(1900)
  })

  test('is the same whether it is asked for after each write, now and then, or once after very many', () => {
    const [often, seldom, once] = [replica('alice'), replica('alice'), replica('alice')]
    const draw = drawsOf(1)
    for (let write = 0; write < 12_000; write += 1) {
      const [key, isDeletion] = [`key ${draw(9000)}`, draw(5) === 0]
      for (const store of [often, seldom, once]) {
        if (isDeletion) store.delete(key, start)
        else store.set(key, bytes(`${write}`), start)
      }
      often.summaryRoot()
      if (write % 5000 === 0) seldom.summaryRoot()
    }
    expect(once.recordCount).toBeGreaterThan(4096)
    for (const store of [seldom, once]) expect(store.summaryRoot()).toEqual(often.summaryRoot())
  })

  test('begins with zeros', () => {
    const alice = replica('alice')
    expect(alice.summaryRoot()).toEqual(new Uint8Array(16))
    alice.set('key', bytes('one'), start)
    expect(alice.summaryRoot()).not.toEqual(new Uint8Array(16))
  })

  test('adds up the first 16 bytes of the ids', () => {
    const alice = replica('alice')
    for (let key = 0; key < 300; key += 1) alice.set(`key ${key}`, bytes('value'), start)
    let root = 0n
    for (const record of recordsOf(alice)) {
      const hex = Buffer.from(recordId(record, new Uint8Array(32)), 'latin1').toString('hex')
      root += BigInt(`0x${hex.slice(0, 32)}`)
    }
    expect(Buffer.from(alice.summaryRoot()).toString('hex')).toBe(hexOf(root, 16))
  })
})

describe('all records', () => {
  test('are told with their ids and keys, those of deleted keys too, those forgotten not', () => {
    const alice = replica('alice')
    for (let key = 0; key < 10; key += 1) alice.set(`key ${key}`, bytes('value'), start)
    alice.delete('key 3', start)
    const { ids, keys } = alice.recordIdsOf()
    expect(keys.toSorted()).toEqual(Array.from({ length: 10 }, (_, key) => `key ${key}`))
    expect(ids.map((id, at) => alice.held.recordIds(keys[at] ?? '').includes(id))).not.toContain(false)
    alice.collectTombstones(start + 31 * 86_400_000)
    expect(alice.recordIdsOf().keys).not.toContain('key 3')
    expect(alice.held.advertisedRecordsOf('key 3')).toEqual([])
    expect(alice.held.advertisedRecordsOf('key 4')).toHaveLength(1)
  })

  test('may be read while the store is written', () => {
    const alice = replica('alice')
    for (let key = 0; key < 100; key += 1) alice.set(`key ${key}`, bytes('value'), start)
    const read: StoreRecord[] = []
    for (const record of alice.records()) {
      read.push(record)
      if (read.length < 50) alice.delete(binaryFromBytes(record.key), start)
    }
    expect(new Set(read.map(({ key }) => binaryFromBytes(key))).size).toBe(100)
  })
})

function hexOf(sum: bigint, byteCount: number): string {
  return BigInt.asUintN(byteCount * 8, sum)
    .toString(16)
    .padStart(byteCount * 2, '0')
}
