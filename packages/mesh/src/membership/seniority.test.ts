import { nodeIdFromHash } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Seniority } from './seniority.ts'

const id = (byte: number) => nodeIdFromHash(new Uint8Array(32).fill(byte))

test('a link that broke and is made again within the hour is as old as it was; one that was ended is new', () => {
  const seniority = new Seniority()
  seniority.linked(id(1), 1000)
  seniority.unlinked(id(1), true, 2000)
  seniority.linked(id(1), 3000)
  expect(seniority.of(id(1))).toBe(1000)
  seniority.unlinked(id(1), true, 4000)
  seniority.linked(id(1), 4000 + 3_600_000)
  expect(seniority.of(id(1))).toBe(4000 + 3_600_000)
  seniority.unlinked(id(1), false, 5_000_000)
  seniority.linked(id(1), 5_000_001)
  expect(seniority.of(id(1))).toBe(5_000_001)
})

test('who is not linked has none, and those remembered are not more than 64', () => {
  const seniority = new Seniority()
  for (let byte = 1; byte <= 100; byte++) {
    seniority.linked(id(byte), byte)
    seniority.unlinked(id(byte), true, byte)
  }
  expect(seniority.of(id(1))).toBe(Number.POSITIVE_INFINITY)
  for (const byte of [1, 100]) seniority.linked(id(byte), 1000)
  expect([1, 100].map((byte) => seniority.of(id(byte)))).toEqual([1000, 100])
})
