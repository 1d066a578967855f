import { assert, integer, nat, property, uint8Array } from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { InvalidSymbolsError } from './errors.ts'
import {
  chunkFrom,
  chunkOf,
  foundBy,
  elementsOf,
  saltOf,
  sidesOf,
  type Sides,
  takeBytes,
} from './reconciliation.test-helper.ts'
import { decodeSymbols, encodeSymbols, type SymbolChunk } from './symbol-chunk.ts'

const elements = elementsOf('chunk', 400)

function someSides(seed: string): Sides {
  return sidesOf(saltOf(seed), { theirs: elements.slice(0, 300), own: elements.slice(4, 303) })
}

/** The content of a chunk, without the memory past its symbols. */
function contentOf({ setSize, start, symbols }: SymbolChunk): unknown {
  return { setSize, start, length: symbols.length, words: [...symbols.words.subarray(0, symbols.length * 4)] }
}

test('a decoded chunk equals the encoded one', () => {
  const anyChunk = property(nat(300), nat(2000), integer({ min: 1, max: 200 }), (count, start, length) => {
    const { theirs } = sidesOf(saltOf('any'), { theirs: elements.slice(0, count), own: [] })
    const chunk = chunkOf(theirs, start, start + length)
    expect(contentOf(decodeSymbols(encodeSymbols(chunk)))).toEqual(contentOf(chunk))
  })
  assert(anyChunk, { numRuns: 100, seed: 1 })
})

test('a symbol takes 13 bytes, or 14 if its count is far from the average', () => {
  const { theirs } = someSides('size')
  const bytes = encodeSymbols(chunkOf(theirs, 0, 1000))
  expect(bytes.length).toBeGreaterThanOrEqual(1000 * 13)
  expect(bytes.length).toBeLessThan(1000 * 13 + 20)
})

test.each([
  ['an empty chunk', ''],
  ['a chunk without symbols', '000000'],
  ['a chunk with fewer symbols than announced', `010001${'00'.repeat(12)}`],
  ['a chunk that is cut off in the last count', `010101${'00'.repeat(12)}80`],
  ['a chunk with more bytes than announced', `010001${'00'.repeat(14)}`],
  ['a number that is not in its shortest form', `01008100${'00'.repeat(13)}`],
  ['a number that is too large', `ffffffff1f0001${'00'.repeat(13)}`],
  ['a count that is too large', `010101${'00'.repeat(12)}8080808010`],
  ['a chunk that is cut off after a long count', `a08d060102${'00'.repeat(12)}808001${'00'.repeat(11)}`],
  ['a number that does not end', `ffffffffffffff0001${'00'.repeat(13)}`],
  ['a set that is too large', `80808080080001${'00'.repeat(13)}`],
  ['symbols past the last allowed index', `01ffff7f01${'00'.repeat(13)}`],
  ['a chunk with more symbols than bytes', `0100ffff01${'00'.repeat(13)}`],
  ['symbol 0 without all elements', `010001${'00'.repeat(12)}01`],
  ['a symbol with more elements than the set', `010101${'00'.repeat(12)}04`],
  ['a symbol with a negative count', `010101${'00'.repeat(12)}01`],
])('%s is refused', (_, hex) => {
  expect(() => decodeSymbols(new Uint8Array(Buffer.from(hex, 'hex')))).toThrow(InvalidSymbolsError)
})

test('random bytes are refused, or are the one encoding of a chunk', () => {
  const anything = property(uint8Array({ maxLength: 100 }), (bytes) => {
    const chunk = chunkFrom(bytes)
    expect(chunk ? encodeSymbols(chunk) : bytes).toEqual(bytes)
  })
  assert(anything, { numRuns: scaled(1000, 3000), seed: 1 })
  const { theirs } = someSides('prefix')
  const bytes = encodeSymbols(chunkOf(theirs, 0, 24))
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => decodeSymbols(bytes.subarray(0, length))).toThrow(InvalidSymbolsError)
  }
})

test('a chunk with one flipped bit is refused, or leads to no difference', () => {
  const verdicts = { refused: 0, inconsistent: 0, wanting: 0, exhausted: 0, decoded: 0, working: 0 }
  const whole = encodeSymbols(chunkOf(someSides('flip').theirs, 0, 24))
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const sides = someSides('flip')
    const bytes = whole.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    verdicts[takeBytes(sides, bytes)] += 1
    expect(foundBy(sides), `bit ${bit}`).toBeUndefined()
  }
  expect(verdicts.decoded + verdicts.working + verdicts.exhausted).toBe(0)
  expect(verdicts.inconsistent).toBeGreaterThan(whole.length)
  expect(verdicts.refused).toBeGreaterThan(24)
})
