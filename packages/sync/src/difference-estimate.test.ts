import { expect, test } from 'vitest'
import { CodedSymbols } from './coded-symbols.ts'
import { DifferenceEstimate } from './difference-estimate.ts'
import { chunkOf, ridsOf, saltOf, sidesOf } from './reconciliation.test-helper.ts'

const rids = ridsOf('estimate', 2200)
const seeds = Array.from({ length: 30 }, (_, seed) => seed)

/** What is guessed of two sets after so many symbols. */
function guess(theirs: number, own: number, symbols: number, seed: number): DifferenceEstimate {
  const sets = { theirs: rids.slice(0, 200 + theirs), own: [...rids.slice(0, 200), ...rids.slice(2200 - own)] }
  const sides = sidesOf(saltOf(String(seed)), sets)
  const difference = chunkOf(sides.theirs, 0, symbols).symbols
  difference.subtract(chunkOf(sides.own, 0, symbols).symbols, 0, symbols)
  const estimate = new DifferenceEstimate()
  // In two chunks, as they come.
  estimate.add(difference, 0, 16)
  estimate.add(difference, 16, symbols)
  return estimate
}

test.each([
  ['on both sides', 300, 300],
  ['most of them theirs', 500, 100],
  ['all theirs', 600, 0],
  ['all ours', 0, 600],
])('600 differences, %s: right on average, and within a few deviations', (_, theirs, own) => {
  for (const [symbols, errorMax] of [
    [24, 0.25],
    [400, 0.06],
  ] as const) {
    const guesses = seeds.map((seed) => guess(theirs, own, symbols, seed))
    const mean = guesses.reduce((sum, { differences }) => sum + differences, 0) / seeds.length
    expect(Math.abs(mean / 600 - 1), `${symbols} symbols`).toBeLessThan(errorMax)
    for (const { differences, deviation } of guesses) {
      expect(Math.abs(differences - 600)).toBeLessThan(4.5 * deviation)
      expect(deviation).toBeLessThan(600 * (symbols === 24 ? 0.6 : 0.2))
    }
  }
})

test('nothing known is no difference, and a few symbols for it', () => {
  const estimate = new DifferenceEstimate()
  expect([estimate.differences, estimate.deviation]).toEqual([0, 0])
  expect(estimate.symbols).toBeLessThan(24)
  const same = guess(0, 0, 24, 0)
  expect(same.differences).toBe(0)
})

test('the more differences are guessed, the more symbols are wanted, within bounds', () => {
  const few = guess(20, 0, 24, 0).symbols
  const many = guess(500, 500, 24, 0).symbols
  const known = guess(500, 500, 900, 0).symbols
  expect(few).toBeLessThan(80)
  expect(many).toBeGreaterThan(few)
  expect(known).toBeGreaterThan(1300)
  expect(known).toBeLessThan(1800)
})

test('counts that no honest symbols have lead to a number all the same', () => {
  const wild = new CodedSymbols()
  wild.extend(64)
  wild.words.fill(0x7fffffff)
  const estimate = new DifferenceEstimate()
  estimate.add(wild, 0, 64)
  expect(estimate.differences).toBe(2 ** 19)
  expect(estimate.symbols).toBeGreaterThan(0)
  expect(Number.isFinite(estimate.symbols)).toBe(true)
})
