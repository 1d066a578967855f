import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'
import type { PooledBytes } from './buffer-pool.ts'

const bytesOf = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

test('a copy stays as it was made while others come and go', () => {
  const pool = new BufferPool()
  const kept: { copy: PooledBytes; fill: number }[] = []
  for (let step = 0; step < 3000; step++) {
    const fill = step % 251
    kept.push({ copy: pool.copy(bytesOf(1 + ((step * 7919) % 5000), fill)), fill })
    if (kept.length > 100) {
      const oldest = kept.shift()
      if (oldest) pool.release(oldest.copy)
    }
    for (const { copy, fill: expected } of [kept[0], kept[50]].flatMap((each) => each ?? [])) {
      expect(
        copy.bytes.every((byte) => byte === expected),
        `step ${step}`,
      ).toBe(true)
    }
  }
})

test('memory is used again: what passes through takes no more than what is kept', () => {
  const pool = new BufferPool()
  const kept: PooledBytes[] = []
  const pieces = new Set<unknown>()
  for (let step = 0; step < 10_000; step++) {
    const copy = pool.copy(bytesOf(1000, 1))
    pieces.add(copy.bytes.buffer)
    kept.push(copy)
    const oldest = kept.length > 2000 ? kept.shift() : undefined
    if (oldest) pool.release(oldest)
  }
  // 10 MB went through, of which 2 MB were kept: in pieces of 256 KiB, after some small ones at the beginning.
  expect(pieces.size).toBeLessThan(20)
})

test('more than a piece holds has a piece of its own', () => {
  const pool = new BufferPool()
  const large = pool.copy(bytesOf(1_000_000, 5))
  const small = pool.copy(bytesOf(10, 6))
  expect(large.bytes.buffer.byteLength).toBe(1_000_000)
  expect(small.bytes.buffer.byteLength).toBeLessThan(10_000)
  expect(large.bytes[999_999]).toBe(5)
})
