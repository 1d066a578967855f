import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'
import { KeyedId } from './keyed-id.ts'
import {
  ample,
  chunkOf,
  differenceOf,
  foundBy,
  elementsOf,
  saltOf,
  sidesOf,
  takeBytes,
} from './reconciliation.test-helper.ts'
import { SipHash } from './sip-hash.ts'
import { encodeSymbols } from './symbol-chunk.ts'
import { type DecoderState, SymbolDecoder } from './symbol-decoder.ts'
import { SymbolEncoder } from './symbol-encoder.ts'
import { WorkBudget } from './work-budget.ts'

const symbolsMax = 600
const keyed = new KeyedId(saltOf('hostile'))
const ownIds = keyed.idsOf(elementsOf('own', 60))
const strangeIds = keyed.idsOf(elementsOf('strange', 100))

/** A source of words that look random, the same for the same seed. */
class Chance {
  readonly #sip: SipHash
  #drawn = 0

  constructor(seed: string) {
    this.#sip = new SipHash(saltOf(seed))
  }

  word(): number {
    this.#sip.hash(String(this.#drawn++))
    return this.#sip.low
  }

  below(end: number): number {
    return (this.word() >>> 0) % end
  }
}

/** Makes the symbols that a hostile sender sends: as many as it may send. */
type Liar = (chance: Chance) => CodedSymbols

function symbolsOf(ids: Uint32Array): CodedSymbols {
  return chunkOf(new SymbolEncoder(ids, keyed), 0, symbolsMax).symbols
}

function put(symbols: CodedSymbols, index: number, id: readonly [high: number, low: number], count: number): void {
  const check = Math.imul(count, keyed.check(...id))
  const parts = [id[0], id[1], symbols.check(index) + check, symbols.count(index) + count]
  symbols.words.set([symbols.high(index) ^ id[0], symbols.low(index) ^ id[1], ...parts.slice(2)], index * 4)
}

function isAmong(ids: Uint32Array, high: number, low: number): boolean {
  return ids.some((word, at) => at % 2 === 0 && word === high >>> 0 && ids[at + 1] === low >>> 0)
}

const liars: Readonly<Record<string, Liar>> = {
  'noise, also in the counts': (chance) => {
    const symbols = symbolsOf(ownIds)
    symbols.words.forEach((_, at) => (symbols.words[at] = chance.word()))
    return symbols
  },
  'noise that differs from ours by one in each symbol': (chance) => {
    const symbols = symbolsOf(ownIds)
    for (let index = 0; index < symbolsMax; index += 1) {
      const count = symbols.count(index) + (chance.below(2) === 0 ? 1 : -1)
      symbols.words.set([chance.word(), chance.word(), chance.word(), count], index * 4)
    }
    return symbols
  },
  'one id alone in every symbol': (chance) => {
    const symbols = symbolsOf(ownIds)
    const id = [chance.word(), chance.word()] as const
    for (let index = 0; index < symbolsMax; index += 1) put(symbols, index, id, 1)
    return symbols
  },
  'another id alone in every symbol': (chance) => {
    const symbols = symbolsOf(ownIds)
    for (let index = 0; index < symbolsMax; index += 1) {
      put(symbols, index, [chance.word(), chance.word()], chance.below(2) === 0 ? 1 : -1)
    }
    return symbols
  },
  'a valid stream with an additional id in some symbols': (chance) => {
    const symbols = symbolsOf(strangeIds)
    for (let more = 0; more <= chance.below(4); more += 1) {
      put(symbols, chance.below(150), [chance.word(), chance.word()], 1)
    }
    return symbols
  },
  'a valid stream with flipped bits': (chance) => {
    const symbols = symbolsOf(new Uint32Array([...ownIds.subarray(8), ...strangeIds.subarray(0, 20)]))
    for (let more = 0; more <= chance.below(4); more += 1) {
      const at = chance.below(24 * 4)
      symbols.words[at] = (symbols.words[at] ?? 0) ^ (1 << chance.below(32))
    }
    return symbols
  },
  'an element twice or three times': (chance) => {
    const id = strangeIds.subarray(0, 2)
    const times = 2 + chance.below(2)
    return symbolsOf(new Uint32Array([...ownIds, ...Array.from({ length: times }, () => [...id]).flat()]))
  },
  'one of our elements twice': (chance) => {
    const at = chance.below(60) * 2
    return symbolsOf(new Uint32Array([...ownIds, ...ownIds.subarray(at, at + 2)]))
  },
  'without an element that we do not have': (chance) => {
    const symbols = symbolsOf(ownIds)
    const at = chance.below(50) * 2
    symbols.subtract(symbolsOf(strangeIds.subarray(at, at + 2)), 0, symbolsMax)
    return symbols
  },
  'endless, each chunk of another set': (chance) => {
    const symbols = new CodedSymbols()
    for (let start = 0; start < symbolsMax; start += 20) {
      const words = Uint32Array.from({ length: 120 }, () => chance.word())
      symbols.append(chunkOf(new SymbolEncoder(words, keyed), start, start + 20).symbols)
    }
    return symbols
  },
}

/** Sends symbols to a decoder until it asks for no more. Returns how many steps of work it did. */
function feed(decoder: SymbolDecoder, symbols: CodedSymbols): number {
  let steps = 0
  while (decoder.state === 'wanting') {
    const [start, end] = [decoder.length, Math.min(decoder.symbolsWanted, symbols.length)]
    decoder.addSymbols({ setSize: 60, start, symbols: symbols.slice(start, end) })
    for (let state: DecoderState = 'working'; state === 'working';) {
      const budget = new WorkBudget(500)
      state = decoder.step(budget)
      steps += 500 - budget.left
    }
  }
  return steps
}

const seeds = scaled(30, 100)

test(`${seeds} streams of each hostile sender end within bounded work, and none gives a difference`, () => {
  const ends = new Map<string, number>()
  for (const [name, lie] of Object.entries(liars)) {
    for (let seed = 0; seed < seeds; seed += 1) {
      const decoder = new SymbolDecoder(keyed, new SymbolEncoder(ownIds, keyed), symbolsMax)
      const steps = feed(decoder, lie(new Chance(`${name} ${seed}`)))
      const end = `${name}: ${decoder.state}`
      ends.set(end, (ends.get(end) ?? 0) + 1)
      expect(decoder.length).toBeLessThanOrEqual(symbolsMax)
      expect(steps, `${name}, seed ${seed}`).toBeLessThan(80 * decoder.length + 60 * 30)
      expect(['inconsistent', 'exhausted'], `${name}, seed ${seed}`).toContain(decoder.state)
      expect(decoder.difference).toBeUndefined()
    }
  }
  // Noise looks like too many differences, so the decoder reads it to the end. It detects all others.
  expect(Object.fromEntries(ends)).toEqual({
    'a valid stream with an additional id in some symbols: inconsistent': seeds,
    'a valid stream with flipped bits: inconsistent': seeds,
    'an element twice or three times: inconsistent': seeds,
    'another id alone in every symbol: inconsistent': seeds,
    'endless, each chunk of another set: inconsistent': seeds,
    'noise that differs from ours by one in each symbol: exhausted': seeds,
    'noise, also in the counts: exhausted': seeds,
    'one id alone in every symbol: inconsistent': seeds,
    'one of our elements twice: inconsistent': seeds,
    'without an element that we do not have: inconsistent': seeds,
  })
})

test('a sender may invent a set, and the difference that is found explains every symbol of it', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const chance = new Chance(`set ${seed}`)
    const claimed = new Uint32Array([...ownIds.subarray(chance.below(10) * 2), chance.word(), chance.word()])
    const symbols = symbolsOf(claimed)
    const decoder = new SymbolDecoder(keyed, new SymbolEncoder(ownIds, keyed), symbolsMax)
    feed(decoder, symbols)
    expect(decoder.state).toBe('decoded')
    const { ours = new Uint32Array(), theirs = new Uint32Array() } = decoder.difference ?? {}
    const kept = ownIds.filter((_, at) => !ours.includes(at >> 1))
    const explained = symbolsOf(new Uint32Array([...kept, ...theirs])).words
    expect(explained.subarray(0, decoder.length * 4)).toEqual(symbols.words.subarray(0, decoder.length * 4))
    expect(isAmong(ownIds, theirs[0] ?? 0, theirs[1] ?? 0)).toBe(false)
  }
})

test('an id that is peeled a second time ends the decoding at once', () => {
  const symbols = symbolsOf(ownIds)
  for (let index = 0; index < symbolsMax; index += 1) put(symbols, index, [1, 2], 1)
  // These keep symbol 0 from becoming empty after the first peeling.
  for (const strange of [3, 4]) put(symbols, 0, [strange, strange], 1)
  const own = new SymbolEncoder(ownIds, keyed)
  own.prepare(symbolsMax, ample())
  const decoder = new SymbolDecoder(keyed, own)
  decoder.addSymbols({ setSize: 60, start: 0, symbols })
  const budget = new WorkBudget(symbolsMax + 200)
  expect(decoder.step(budget)).toBe('inconsistent')
  expect(budget.left).toBeGreaterThan(100)
})

test('candidates that are not pure are checked in slices, too', () => {
  const symbols = symbolsOf(ownIds)
  for (let index = 0; index < symbolsMax; index += 1)
    symbols.words.set([index, index, index, symbols.count(index) + 1], index * 4)
  const decoder = new SymbolDecoder(keyed, new SymbolEncoder(ownIds, keyed))
  decoder.addSymbols({ setSize: 60, start: 0, symbols })
  let slices = 0
  while (decoder.step(new WorkBudget(10)) === 'working') slices += 1
  expect(decoder.state).toBe('wanting')
  expect(slices).toBeGreaterThan(symbolsMax / 10)
})

test('ids that were made to collide in the index are detected', () => {
  const crowded = Uint32Array.from({ length: 2000 }, (_, at) => (at % 2 === 0 ? at * 2 ** 21 : (at - 1) * 2 ** 21))
  const own = new SymbolEncoder(ownIds, keyed)
  const decoder = new SymbolDecoder(keyed, own)
  const liar = new SymbolEncoder(crowded, keyed)
  decoder.addSymbols(chunkOf(liar, 0, 3000))
  expect(decoder.step(ample())).toBe('inconsistent')
})

test('a flipped bit in a later chunk leads to no difference', () => {
  const elements = elementsOf('later', 300)
  for (let seed = 0; seed < scaled(100, 300); seed += 1) {
    const sides = sidesOf(saltOf('later'), { theirs: elements.slice(40), own: elements.slice(0, 260) }, symbolsMax)
    const chance = new Chance(`later ${seed}`)
    sides.decoder.addSymbols(chunkOf(sides.theirs, 0, 60))
    expect(sides.decoder.step(ample())).toBe('wanting')
    const bytes = encodeSymbols(chunkOf(sides.theirs, 60, 400))
    // After the size of the set and the index, which `receive` compares.
    const at = 5 + chance.below(bytes.length - 5)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8))
    expect(['refused', 'inconsistent', 'wanting']).toContain(takeBytes(sides, bytes))
  }
  const honest = sidesOf(saltOf('later'), { theirs: elements.slice(40), own: elements.slice(0, 260) })
  honest.decoder.addSymbols(chunkOf(honest.theirs, 0, 400))
  expect(honest.decoder.step(ample())).toBe('decoded')
  expect(foundBy(honest)).toEqual(differenceOf(honest))
})

test.each([
  ['out of order', { setSize: 60, start: 25 }],
  ['a second time', { setSize: 60, start: 0 }],
  ['of a set of another size', { setSize: 61, start: 24 }],
])('a chunk %s is no part of the stream', (_, head) => {
  const decoder = new SymbolDecoder(keyed, new SymbolEncoder(ownIds, keyed))
  const symbols = symbolsOf(strangeIds)
  expect(decoder.addSymbols({ setSize: 60, start: 0, symbols: symbols.slice(0, 24) })).toBe('working')
  expect(decoder.addSymbols({ ...head, symbols: symbols.slice(24, 48) })).toBe('inconsistent')
  expect(decoder.length).toBe(24)
})

test('a chunk without symbols, or with more than are allowed, is refused', () => {
  const create = (): SymbolDecoder => new SymbolDecoder(keyed, new SymbolEncoder(ownIds, keyed))
  expect(create().addSymbols({ setSize: 0, start: 0, symbols: new CodedSymbols() })).toBe('inconsistent')
  const many = new CodedSymbols()
  many.extend(codedSymbolsMax + 1)
  expect(create().addSymbols({ setSize: 0, start: 0, symbols: many })).toBe('exhausted')
  expect(create().step(ample())).toBe('wanting')
})
