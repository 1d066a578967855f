import { ProtocolError } from '@ts2p/protocol'
import { assert, integer, nat, property, uint8Array } from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import {
  chunkFrom,
  chunkOf,
  foundBy,
  ridsOf,
  saltOf,
  sidesOf,
  type Sides,
  takeBytes,
} from './reconciliation.test-helper.ts'
import { decodeSymbols, encodeSymbols, type SymbolChunk } from './symbol-chunk.ts'

const rids = ridsOf('chunk', 400)

function someSides(seed: string): Sides {
  return sidesOf(saltOf(seed), { theirs: rids.slice(0, 300), own: rids.slice(4, 303) })
}

/** All that a chunk says. */
function contentOf({ setSize, start, symbols }: SymbolChunk): unknown {
  return { setSize, start, length: symbols.length, words: [...symbols.words.subarray(0, symbols.length * 4)] }
}

test('what is encoded is decoded', () => {
  const anyChunk = property(nat(300), nat(2000), integer({ min: 1, max: 200 }), (count, start, length) => {
    const { theirs } = sidesOf(saltOf('any'), { theirs: rids.slice(0, count), own: [] })
    const chunk = chunkOf(theirs, start, start + length)
    expect(contentOf(decodeSymbols(encodeSymbols(chunk)))).toEqual(contentOf(chunk))
  })
  assert(anyChunk, { numRuns: 100, seed: 1 })
})

test('a symbol takes 13 bytes, or 14 where counts are large', () => {
  const { theirs } = someSides('size')
  const bytes = encodeSymbols(chunkOf(theirs, 0, 1000))
  expect(bytes.length).toBeGreaterThanOrEqual(1000 * 13)
  expect(bytes.length).toBeLessThan(1000 * 13 + 20)
})

test.each([
  ['nothing', ''],
  ['no symbols', '000000'],
  ['fewer than it says', `010001${'00'.repeat(12)}`],
  ['cut off in the count of the last one', `010101${'00'.repeat(12)}80`],
  ['more than it says', `010001${'00'.repeat(14)}`],
  ['a number longer than it need be', `01008100${'00'.repeat(13)}`],
  ['a number that is too great', `ffffffff1f0001${'00'.repeat(13)}`],
  ['a count that is too great', `010101${'00'.repeat(12)}8080808010`],
  ['cut off after a long count', `a08d060102${'00'.repeat(12)}808001${'00'.repeat(11)}`],
  ['a number that does not end', `ffffffffffffff0001${'00'.repeat(13)}`],
  ['a set that is too large', `80808080080001${'00'.repeat(13)}`],
  ['symbols that are too far out', `01ffff7f01${'00'.repeat(13)}`],
  ['more symbols than there are bytes', `0100ffff01${'00'.repeat(13)}`],
  ['symbol 0 without all records', `010001${'00'.repeat(12)}01`],
  ['a symbol of more records than there are', `010101${'00'.repeat(12)}04`],
  ['a symbol of less than no records', `010101${'00'.repeat(12)}01`],
])('%s is refused', (_, hex) => {
  expect(() => decodeSymbols(new Uint8Array(Buffer.from(hex, 'hex')))).toThrow(ProtocolError)
})

test('bytes of chance are refused or are the one encoding of what they say', () => {
  const anything = property(uint8Array({ maxLength: 100 }), (bytes) => {
    const chunk = chunkFrom(bytes)
    expect(chunk ? encodeSymbols(chunk) : bytes).toEqual(bytes)
  })
  assert(anything, { numRuns: scaled(1000, 3000), seed: 1 })
  const { theirs } = someSides('prefix')
  const bytes = encodeSymbols(chunkOf(theirs, 0, 24))
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => decodeSymbols(bytes.subarray(0, length))).toThrow(ProtocolError)
  }
})

test('a chunk with any one bit turned round is refused, or leads to no difference', () => {
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
