import { nodeIdFromHash } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { ConnectionAges } from './connection-age.ts'
import { PeerTable } from './peer-table.ts'

const id = (byte: number) => nodeIdFromHash(new Uint8Array(32).fill(byte))

test('a link that broke and is made again within the hour is as old as it was; one that was ended is new', () => {
  const ages = new ConnectionAges(new PeerTable())
  ages.onLink(id(1), 1000)
  ages.onUnlink(id(1), true, 2000)
  ages.onLink(id(1), 3000)
  expect(ages.since(id(1))).toBe(1000)
  ages.onUnlink(id(1), true, 4000)
  ages.onLink(id(1), 4000 + 3_600_000)
  expect(ages.since(id(1))).toBe(4000 + 3_600_000)
  ages.onUnlink(id(1), false, 5_000_000)
  ages.onLink(id(1), 5_000_001)
  expect(ages.since(id(1))).toBe(5_000_001)
})

test('a node that is not linked has no age, and at most 64 whose links broke are remembered', () => {
  const table = new PeerTable()
  const ages = new ConnectionAges(table)
  for (let byte = 1; byte <= 100; byte++) {
    ages.onLink(id(byte), byte)
    ages.onUnlink(id(byte), true, byte)
  }
  expect(table.peerCount).toBe(64)
  expect(ages.since(id(1))).toBe(Number.POSITIVE_INFINITY)
  for (const byte of [1, 100]) ages.onLink(id(byte), 1000)
  expect([1, 100].map((byte) => ages.since(id(byte)))).toEqual([1000, 100])
})
