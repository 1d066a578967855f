import { readFileSync } from 'node:fs'
import { assert, array, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { type CodedSymbols, codedSymbolsMax, expectedCount } from './coded-symbols.ts'
import { KeyedId } from './keyed-id.ts'
import { ample, chunkOf, elementsOf, saltOf } from './reconciliation.test-helper.ts'
import { encodeSymbols } from './symbol-chunk.ts'
import { SymbolEncoder } from './symbol-encoder.ts'
import { WorkBudget } from './work-budget.ts'

interface Vectors {
  readonly salt: string
  readonly records: readonly {
    readonly recordId: string
    readonly id: string
    readonly check: string
    readonly symbols: readonly number[]
  }[]
  readonly chunks: readonly { readonly start: number; readonly end: number; readonly bytes: string }[]
}

/** Other languages and engines are tested with these vectors, so they must never change. */
const vectors = JSON.parse(readFileSync(new URL('../vectors/coded-symbols.json', import.meta.url), 'utf8')) as Vectors

interface Plain {
  readonly id: bigint
  readonly check: number
  readonly count: number
}

/** The indexes below `end` that an id maps to, computed from the definition with BigInt. */
function indexesOf(id: bigint, end: number): number[] {
  const mask = 0xffffffffn
  const rotate = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (32n - by))) & mask
  let [state0, state1] = [id >> 32n, id & mask]
  const indexes: number[] = []
  for (let index = 0; index < end;) {
    indexes.push(index)
    const uniform = (Number((state0 * 0x9e3779bbn) & mask) + 1) / 2 ** 32
    state1 ^= state0
    state0 = rotate(state0, 26n) ^ state1 ^ ((state1 << 9n) & mask)
    state1 = rotate(state1, 13n)
    // The least index for which the probability that the id skips it is below `uniform`.
    const chanceOfNone = (to: number): number => ((index + 1) * (index + 2)) / ((to + 1) * (to + 2))
    let next = index + 1
    while (next < end && chanceOfNone(next) >= uniform) next += 1
    index = next
  }
  return indexes
}

/** The first symbols of a set, computed from the definition. */
function plainSymbols(ids: Uint32Array, keyed: KeyedId, end: number): Plain[] {
  const symbols = Array.from({ length: end }, () => ({ id: 0n, check: 0, count: 0 }))
  for (let at = 0; at < ids.length; at += 2) {
    const [high = 0, low = 0] = ids.subarray(at, at + 2)
    const id = (BigInt(high) << 32n) | BigInt(low)
    for (const index of indexesOf(id, end)) {
      const symbol = symbols[index]
      if (!symbol) throw new Error('no such symbol')
      symbol.id ^= id
      symbol.check = (symbol.check + keyed.check(high, low)) | 0
      symbol.count += 1
    }
  }
  return symbols
}

function plain(symbols: CodedSymbols): Plain[] {
  return Array.from({ length: symbols.length }, (_, index) => ({
    id: (BigInt(symbols.high(index) >>> 0) << 32n) | BigInt(symbols.low(index) >>> 0),
    check: symbols.check(index),
    count: symbols.count(index),
  }))
}

function encoderOf(count: number): SymbolEncoder {
  const keyed = new KeyedId(saltOf('encoder'))
  return new SymbolEncoder(keyed.idsOf(elementsOf('encoder', count)), keyed)
}

test.each([0, 1, 2, 500])('the symbols of %i ids equal those of the definition', (count) => {
  const keyed = new KeyedId(saltOf('encoder'))
  const ids = keyed.idsOf(elementsOf('encoder', count))
  const { symbols } = chunkOf(new SymbolEncoder(ids, keyed), 0, 700)
  expect(plain(symbols)).toEqual(plainSymbols(ids, keyed, 700))
})

test('symbols made in slices and chunks of any size equal those made at once', () => {
  const expected = plain(chunkOf(encoderOf(200), 0, 1000).symbols)
  const sizes = { chunks: array(integer({ min: 1, max: 300 }), { minLength: 1 }), steps: integer({ min: 1, max: 900 }) }
  const inPieces = property(sizes.chunks, sizes.steps, (chunks, steps) => {
    const encoder = encoderOf(200)
    const symbols: Plain[] = []
    for (const chunk of chunks) {
      const [start, end] = [symbols.length, Math.min(symbols.length + chunk, 1000)]
      while (!encoder.prepare(end, new WorkBudget(steps)));
      symbols.push(...plain(encoder.symbols(start, end)))
    }
    expect(symbols).toEqual(expected.slice(0, symbols.length))
  })
  assert(inPieces, { numRuns: 100, seed: 1 })
})

test('a request may change before its symbols are ready', () => {
  const encoder = encoderOf(300)
  expect(encoder.prepare(50, new WorkBudget(400))).toBe(false)
  expect(encoder.prepare(900, new WorkBudget(400))).toBe(false)
  expect(encoder.prepare(10, new WorkBudget(400))).toBe(false)
  expect(() => encoder.symbols(0, 1)).toThrow('Symbol 0 is not ready. Call prepare(1, …)')
  while (!encoder.prepare(900, new WorkBudget(400)));
  expect(plain(encoder.symbols(0, 900))).toEqual(plain(chunkOf(encoderOf(300), 0, 900).symbols))
})

test('a slice takes little more than its budget, and many small requests cost at most three times one large request', () => {
  const atOnce = ample()
  encoderOf(2000).prepare(4000, atOnce)
  const encoder = encoderOf(2000)
  let [steps, slices] = [0, 0]
  for (let end = 1; end <= 4000; end += 1) {
    for (let isReady = false; !isReady; slices += 1) {
      const budget = new WorkBudget(1000)
      isReady = encoder.prepare(end, budget)
      expect(budget.left).toBeGreaterThan(-100)
      steps += 1000 - budget.left
    }
  }
  expect(slices).toBeGreaterThan(4000)
  expect(steps).toBeLessThan(3 * (Number.MAX_SAFE_INTEGER - atOnce.left))
})

test('the count of a symbol is near the expected one', () => {
  const { symbols } = chunkOf(encoderOf(5000), 0, 400)
  for (let index = 0; index < 400; index += 1) {
    const chance = 2 / (index + 2)
    const deviation = Math.sqrt(5000 * chance * (1 - chance))
    expect(Math.abs(symbols.count(index) - expectedCount(5000, index)), `symbol ${index}`).toBeLessThan(
      4.5 * deviation + 1,
    )
  }
})

test('an id whose next index is beyond 32 bits maps to no further symbol', () => {
  // The first two random numbers of this id are 0 and 1, the least possible: from symbol 0 to 92,681, then to about 2^32.
  const encoder = new SymbolEncoder(Uint32Array.of(0, 0x4d798573), new KeyedId(saltOf('far')))
  const counted: number[] = []
  for (const [start, end] of [
    [0, 100_000],
    [100_000, 200_000],
    [200_000, codedSymbolsMax],
  ] as const) {
    const { symbols } = chunkOf(encoder, start, end)
    for (let index = 0; index < symbols.length; index += 1) if (symbols.count(index) !== 0) counted.push(start + index)
  }
  expect(counted).toEqual([0, 92_681])
})

test('a request past the last allowed symbol is refused', () => {
  expect(() => encoderOf(1).prepare(codedSymbolsMax + 1, ample())).toThrow(RangeError)
  expect(encoderOf(1).prepare(codedSymbolsMax, ample())).toBe(true)
})

test('the golden vectors', () => {
  const keyed = new KeyedId(new Uint8Array(Buffer.from(vectors.salt, 'hex')))
  const elements = vectors.records.map(({ recordId }) => Buffer.from(recordId, 'hex').toString('latin1'))
  const encoder = new SymbolEncoder(keyed.idsOf(elements), keyed)
  const records = vectors.records.map(({ recordId }, position) => {
    const id = [encoder.high(position), encoder.low(position)].map(hexOf).join('')
    const check = hexOf(keyed.check(encoder.high(position), encoder.low(position)))
    return { recordId, id, check, symbols: indexesOf(BigInt(`0x${id}`), 64) }
  })
  expect(records).toEqual(vectors.records)
  const chunks = vectors.chunks.map(({ start, end }) => {
    const bytes = Buffer.from(encodeSymbols(chunkOf(encoder, start, end))).toString('hex')
    return { start, end, bytes }
  })
  expect(chunks).toEqual(vectors.chunks)
})

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
