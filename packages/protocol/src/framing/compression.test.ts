import { zlibSync } from 'fflate'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decompress } from './compression.ts'

/** 10 kB that do not shrink, and 64 MB that do. */
function bombBehindNoise(): Uint8Array {
  const bytes = new Uint8Array(64_000_000)
  for (let index = 0; index < 10_000; index += 1) bytes[index] = Math.imul(index, 2_654_435_761) >>> 21
  return bytes
}

const limits = { bytesMax: 1_000_000, ratioMax: 100 }

test('payloads of any length and kind are inflated as they were, each in memory of its own', () => {
  const payloads = fc.tuple(fc.nat({ max: 20_000 }), fc.integer({ min: 2, max: 256 }), fc.nat())
  fc.assert(
    fc.property(fc.array(payloads, { maxLength: 5 }), (kinds) => {
      const plain = kinds.map(([length, values, seed]) =>
        Uint8Array.from({ length }, (_, index) => (Math.imul(index + seed, 2_654_435_761) >>> 16) % values),
      )
      const inflated = plain.map((payload) => decompress(zlibSync(payload), { ...limits, ratioMax: 1032 }))
      expect(inflated).toEqual(plain)
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['a bomb of one step', zlibSync(new Uint8Array(900_000)), 'bytes inflated'],
  ['a bomb of more than one step', zlibSync(new Uint8Array(64_000_000)), 'bytes inflated'],
  ['a bomb behind bytes that do not shrink', zlibSync(bombBehindNoise()), 'bytes inflated'],
  ['one byte more than the ratio', zlibSync(new Uint8Array(100_000)), 'bytes inflated'],
  ['a stream that is cut off', zlibSync(new Uint8Array(1000).map((_, index) => index)).subarray(0, 100), 'compression'],
  ['bytes that are no stream', new Uint8Array(500).fill(7), 'not a zlib stream'],
])('%s is refused', (_, compressed, message) => {
  expect(() => decompress(compressed, limits)).toThrow(message)
})

test('what a payload may have at most is taken, and not a byte more', () => {
  const compressed = zlibSync(Uint8Array.from({ length: 5000 }, (_, index) => index % 7))
  expect(decompress(compressed, { bytesMax: 5000, ratioMax: 1000 })).toHaveLength(5000)
  expect(() => decompress(compressed, { bytesMax: 4999, ratioMax: 1000 })).toThrow('more than 4999 bytes')
})
