import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { binaryFromBytes, recordId, type StoreRecord } from '../index.ts'
import { bytes, ownerNamed } from '../../test/replica.test-helper.ts'

const record: StoreRecord = {
  owner: ownerNamed('alice'),
  acquired: 1_800_000_000 * 2 ** 20,
  timestamp: 1_800_000_001 * 2 ** 20 + 5,
  pruneWatermark: 3,
  released: false,
  leaseSeconds: 258,
  ephemeral: true,
  key: bytes('key'),
  value: bytes('value'),
  field: undefined,
}
const networkId = new Uint8Array(32).fill(7)

test('the id of a record is the hash of its documented layout', () => {
  const layout = Buffer.concat([
    Buffer.from('ts2p record v1'),
    networkId,
    ownerNamed('alice'),
    integer(record.acquired),
    integer(record.timestamp),
    integer(record.pruneWatermark),
    Buffer.from([2]),
    Buffer.from([0, 0, 1, 2]),
    Buffer.from([0, 0, 0, 3]),
    Buffer.from('key'),
    Buffer.from([0]),
    Buffer.from([0, 0, 0, 5]),
    createHash('sha256').update('value').digest(),
  ])
  expect(recordId(record, networkId)).toBe(binaryFromBytes(createHash('sha256').update(layout).digest()))
})

test('everything in a record is part of its id, and so is the network', () => {
  const others: StoreRecord[] = [
    record,
    { ...record, owner: ownerNamed('bob') },
    { ...record, acquired: record.acquired + 1 },
    { ...record, timestamp: record.timestamp + 1 },
    { ...record, pruneWatermark: 2 },
    { ...record, leaseSeconds: 259 },
    { ...record, ephemeral: false },
    { ...record, released: true, value: bytes('') },
    { ...record, value: bytes('') },
    { ...record, key: bytes('keyv') },
    { ...record, value: bytes('valu') },
    { ...record, field: bytes('') },
    { ...record, field: bytes('x') },
  ]
  const ids = others.map((other) => recordId(other, networkId))
  expect(new Set([...ids, recordId(record, new Uint8Array(32))]).size).toBe(others.length + 1)
  expect(ids.every((id) => id.length === 32)).toBe(true)
})

function integer(value: number): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeBigUInt64BE(BigInt(value))
  return eight
}
