import { assert, constantFrom, integer, nat, property } from 'fast-check'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import {
  ample,
  chunkOf,
  differenceOf,
  foundBy,
  elementsOf,
  run,
  saltOf,
  sidesOf,
} from './reconciliation.test-helper.ts'
import { WorkBudget } from './work-budget.ts'

const pool = elementsOf('pool', 6000)

/** Two sets made of the pool: `shared` elements of both, `theirs` only of the encoder's, `own` only of the decoder's. */
function setsOf(shared: number, theirs: number, own: number): { theirs: string[]; own: string[] } {
  const common = pool.slice(0, shared)
  return {
    theirs: [...common, ...pool.slice(shared, shared + theirs)],
    own: [...common, ...pool.slice(shared + theirs, shared + theirs + own)],
  }
}

test('the difference of any two sets is found exactly', () => {
  const sizes = {
    shared: constantFrom(0, 1, 17, 300, 2000),
    theirs: integer({ min: 0, max: 40 }),
    own: integer({ min: 0, max: 40 }),
  }
  const anyTwoSets = property(sizes.shared, sizes.theirs, sizes.own, nat(), (shared, theirs, own, seed) => {
    const sides = sidesOf(saltOf(String(seed)), setsOf(shared, theirs, own))
    expect(run(sides)).toBe('decoded')
    expect(foundBy(sides)).toEqual(differenceOf(sides))
  })
  assert(anyTwoSets, { numRuns: scaled(60, 300), seed: 1 })
})

test('up to 2,000 differences are found, on one side or on both', () => {
  const many = integer({ min: 0, max: 1000 })
  const manyDifferences = property(integer({ min: 0, max: 4000 }), many, many, nat(), (shared, theirs, own, seed) => {
    const sides = sidesOf(saltOf(String(seed)), setsOf(shared, theirs, own))
    expect(run(sides)).toBe('decoded')
    expect(foundBy(sides)).toEqual(differenceOf(sides))
  })
  assert(manyDifferences, { numRuns: scaled(12, 40), seed: 2 })
})

test.each([
  ['both are empty', 0, 0, 0],
  ['they are empty', 0, 0, 2000],
  ['we are empty', 0, 2000, 0],
  ['nothing is shared', 0, 1000, 1000],
  ['nothing differs', 3000, 0, 0],
  ['one has one', 0, 1, 0],
])('%s', (_, shared, theirs, own) => {
  const sides = sidesOf(saltOf('a'), setsOf(shared, theirs, own))
  expect(run(sides)).toBe('decoded')
  expect(foundBy(sides)).toEqual(differenceOf(sides))
  expect(foundBy(sides)?.theirs).toHaveLength(theirs)
})

test('a difference takes about as many symbols as the paper says, on average', () => {
  for (const [differences, runs, overheadMax] of [
    [100, 60, 1.5],
    [200, 40, 1.45],
    [400, 20, 1.43],
    [2000, 6, 1.4],
  ] as const) {
    let symbols = 0
    for (let seed = 0; seed < runs; seed += 1) {
      const sides = sidesOf(saltOf(`${differences} ${seed}`), setsOf(10, differences / 2, differences / 2))
      while (sides.decoder.state === 'wanting') {
        sides.decoder.addSymbols(chunkOf(sides.theirs, sides.decoder.length, sides.decoder.length + 1))
        sides.decoder.step(ample())
      }
      expect(sides.decoder.state).toBe('decoded')
      symbols += sides.decoder.length
    }
    const overhead = symbols / (runs * differences)
    expect(overhead, `${differences} differences`).toBeLessThan(overheadMax)
    expect(overhead, `${differences} differences`).toBeGreaterThan(1.2)
  }
})

test('three differences are found after one request, a hundred after two', () => {
  const requestsFor = (differences: number, seed: number): number => {
    const { theirs, decoder } = sidesOf(saltOf(`request ${seed}`), setsOf(1000, differences, 0))
    let requests = 0
    while (decoder.state === 'wanting') {
      requests += 1
      decoder.addSymbols(chunkOf(theirs, decoder.length, decoder.symbolsWanted))
      decoder.step(ample())
    }
    return requests
  }
  const seeds = Array.from({ length: 40 }, (_, seed) => seed)
  expect(seeds.filter((seed) => requestsFor(3, seed) === 1).length).toBeGreaterThan(35)
  expect(seeds.filter((seed) => requestsFor(100, seed) <= 2).length).toBeGreaterThan(30)
})

test('decoding in slices of any size gives the same difference', () => {
  const sliced = property(integer({ min: 1, max: 400 }), integer({ min: 0, max: 120 }), nat(), (steps, own, seed) => {
    const [sides, atOnce] = [0, 1].map(() => sidesOf(saltOf(String(seed)), setsOf(300, 70, own)))
    if (!sides || !atOnce) throw new Error('two of them')
    expect(run(atOnce)).toBe('decoded')
    const { decoder, theirs } = sides
    while (decoder.state === 'wanting') {
      decoder.addSymbols(chunkOf(theirs, decoder.length, decoder.symbolsWanted))
      while (decoder.step(new WorkBudget(steps)) === 'working');
    }
    expect(decoder.length).toBe(atOnce.decoder.length)
    expect(decoder.difference).toEqual(atOnce.decoder.difference)
  })
  assert(sliced, { numRuns: scaled(20, 60), seed: 3 })
})

test('a slice takes little more than its budget', () => {
  const { decoder, theirs } = sidesOf(saltOf('slice'), setsOf(3000, 500, 500))
  let slices = 0
  decoder.addSymbols(chunkOf(theirs, 0, 2000))
  for (; decoder.state === 'working'; slices += 1) {
    const budget = new WorkBudget(5000)
    decoder.step(budget)
    // A chunk is subtracted, and symbols are searched, in one piece.
    expect(budget.left).toBeGreaterThan(-2 * decoder.length)
  }
  expect(decoder.state).toBe('decoded')
  expect(slices).toBeGreaterThan(5)
})

test('chunks may arrive while earlier ones are still being decoded', () => {
  const sides = sidesOf(saltOf('ahead'), setsOf(500, 100, 100))
  const { decoder, theirs } = sides
  for (let start = 0; start < 600; start += 20) {
    decoder.addSymbols(chunkOf(theirs, start, start + 20))
    decoder.step(new WorkBudget(150))
  }
  while (decoder.step(new WorkBudget(150)) === 'working');
  expect(decoder.state).toBe('decoded')
  expect(foundBy(sides)).toEqual(differenceOf(sides))
})

test('after too many symbols the decoder gives up for good', () => {
  const sides = sidesOf(saltOf('max'), setsOf(100, 300, 0), 128)
  expect(run(sides)).toBe('exhausted')
  expect(sides.decoder.length).toBe(128)
  expect(sides.decoder.difference).toBeUndefined()
  expect(sides.decoder.addSymbols(chunkOf(sides.theirs, 128, 600))).toBe('exhausted')
  expect(sides.decoder.step(ample())).toBe('exhausted')

  const early = sidesOf(saltOf('max'), setsOf(100, 300, 0), 128)
  expect(early.decoder.addSymbols(chunkOf(early.theirs, 0, 129))).toBe('exhausted')
  expect(early.decoder.length).toBe(0)
})
