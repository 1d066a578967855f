import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { secondOf } from '../leases/hybrid-clock.ts'
import { LeaseClaim } from '../leases/lease-claim.ts'
import { Owners } from '../records/owners.ts'
import { SignedBatch } from '../signing/signed-batch.ts'
import { binaryFromBytes } from '../values/binary-string.ts'
import { emptyValue } from '../values/packed-value.ts'
import { drawsOf } from '../../test/algebra.test-helper.ts'
import { KeyHashTable } from './key-hash-table.ts'
import { PackedTombstones } from './packed-tombstones.ts'

const owners = new Owners({ idOf: (owner) => String(owner[0]), networkId: new Uint8Array(32) })
const owner = (number: number) => {
  const found = owners.find(new Uint8Array(32).fill(number))
  if (found.keyStates === 0) owners.addKeyState(found, false)
  return found
}
const idOf = (text: string) => binaryFromBytes(createHash('sha256').update(text).digest())
const sign = () => new Uint8Array(64)

interface Parts {
  readonly by?: number
  readonly timestamp?: number
  readonly acquired?: number
  readonly pruneWatermark?: number
}

function deletion(
  key: string,
  { by = 1, timestamp = 2 ** 40, acquired = timestamp, pruneWatermark = 0 }: Parts = {},
): LeaseClaim {
  const rest = { released: true, leaseSeconds: 0, ephemeral: false, value: emptyValue, field: undefined }
  return new LeaseClaim(key, owner(by), { ...rest, timestamp, acquired, pruneWatermark })
}

const contentOf = ({ key, owner: by, timestamp, acquired, pruneWatermark, released, proof }: LeaseClaim) => {
  return {
    ...{ key, by: by.id, timestamp, acquired, pruneWatermark, released, index: proof?.index },
    ...{ id: proof?.batch.idAt(proof.index), signature: proof?.batch.signature, header: proof?.batch.headerHash },
  }
}

describe('packed deletions', () => {
  test('give back what they were given, through any additions and removals', () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const draw = drawsOf(seed)
      const packed = new PackedTombstones({ isCounted: true, drawSeed: () => seed })
      const expected = new Map<string, ReturnType<typeof contentOf>>()
      let differences = 0
      for (let step = 0; step < 3000; step += 1) {
        const key = `${'long '.repeat(draw(40))}key \u00ff${draw(500)}`
        if (draw(3) === 0 || expected.has(key)) {
          differences += Number(packed.delete(key) !== expected.delete(key))
          continue
        }
        const timestamp = 2 ** 45 + draw(2 ** 30)
        const claim = deletion(key, {
          by: draw(5),
          timestamp,
          acquired: timestamp - draw(2) * 1000,
          pruneWatermark: draw(2) * 77,
        })
        const ids = Array.from({ length: 1 + draw(2) * draw(30) }, (_, index) => idOf(`${key} ${index}`))
        const batch = SignedBatch.sign(ids, sign)
        if (draw(2) === 0)
          batch.adopt({ signature: new Uint8Array(64).fill(3), headerHash: new Uint8Array(32).fill(9) })
        if (draw(4) > 0) claim.attachProof({ batch, index: draw(ids.length) })
        expect(packed.takes(claim)).toBe(true)
        packed.add(claim)
        expected.set(key, contentOf(claim))
      }
      expect([differences, packed.size]).toEqual([0, expected.size])
      // Entries that are written again elsewhere are found by their time as well.
      const middle = secondOf(2 ** 45 + 2 ** 29)
      const older = [...packed.claims()].filter(({ timestamp }) => secondOf(timestamp) < middle)
      expect(older.length).toBeGreaterThan(0)
      expect(packed.keysBefore(middle).toSorted()).toEqual(older.map(({ key }) => key).toSorted())
      const all = Array.from(packed.claims(), (claim) => [claim.key, contentOf(claim)] as const)
      expect(new Map(all)).toEqual(expected)
      for (const key of expected.keys()) {
        const claim = packed.get(key)
        expect(claim && contentOf(claim)).toEqual(expected.get(key))
        expect(claim?.isCounted).toBe(true)
      }
      expect([packed.get('none'), packed.has('none')]).toEqual([undefined, false])
    }
  })

  test('are all read though others are removed and added meanwhile', () => {
    const packed = new PackedTombstones({ isCounted: false, drawSeed: () => 7 })
    const name = (index: number) => `name ${index} ${'x'.repeat(200)}`
    for (let index = 0; index < 3000; index += 1) packed.add(deletion(name(index)))
    const read = new Set<string>()
    let step = 0
    for (const { key } of packed.claims()) {
      read.add(key)
      // Every third stays. The pieces that the others leave are given up.
      const index = step++
      if (index < 3000 && index % 3 > 0) packed.delete(name(2999 - index))
      if (index < 1500) packed.add(deletion(`added ${index}`))
    }
    const names = Array.from({ length: 3000 }, (_, index) => name(index))
    expect(names.filter((each) => packed.has(each) && !read.has(each))).toEqual([])
    expect(names.filter((each) => packed.has(each)).length).toBeGreaterThan(500)
  })

  test('of a time are found', () => {
    const packed = new PackedTombstones({ isCounted: false, drawSeed: () => 7 })
    for (let index = 0; index < 100; index += 1) packed.add(deletion(`${index}`, { timestamp: index * 2 ** 20 + 5 }))
    expect(packed.keysBefore(3).toSorted()).toEqual(['0', '1', '2'])
    expect([...packed.seconds()].toSorted((x, y) => x - y)).toEqual(Array.from({ length: 100 }, (_, index) => index))
  })

  test('what is no plain deletion is not taken', () => {
    const packed = new PackedTombstones({ isCounted: false, drawSeed: () => 7 })
    const content = { timestamp: 5, acquired: 5, pruneWatermark: 0, leaseSeconds: 0, field: undefined }
    const rest = { ...content, value: emptyValue }
    expect(packed.takes(new LeaseClaim('key', owner(1), { ...rest, released: false, ephemeral: false }))).toBe(false)
    expect(packed.takes(new LeaseClaim('key', owner(1), { ...rest, released: true, ephemeral: true }))).toBe(false)
    expect(packed.takes(deletion('x'.repeat(8192)))).toBe(false)
    expect(packed.takes(deletion('x'.repeat(8191)))).toBe(true)
  })
})

test('an index does not fill up with what was removed', () => {
  const keys = new Map<number, string>()
  const index = new KeyHashTable({
    drawSeed: () => 7,
    keyOf: (entry) => keys.get(entry) ?? '',
    isKey: (entry, key) => keys.get(entry) === key,
  })
  let removed = 0
  for (let entry = 0; entry < 100_000; entry += 1) {
    keys.set(entry, `key ${entry}`)
    index.add(`key ${entry}`, entry)
    if (entry >= 10) removed += Number(index.delete(`key ${entry - 10}`) === entry - 10)
    keys.delete(entry - 10)
  }
  expect([index.size, removed]).toEqual([10, 99_990])
  expect(index.find('key 99999')).toBe(99_999)
  expect(index.find('key 5')).toBeUndefined()
})
