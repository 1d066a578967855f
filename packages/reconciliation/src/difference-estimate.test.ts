import { expect, test } from 'vitest'
import { CodedSymbols } from './coded-symbols.ts'
import { DifferenceEstimate } from './difference-estimate.ts'
import { chunkOf, elementsOf, saltOf, sidesOf } from './reconciliation.test-helper.ts'

const elements = elementsOf('estimate', 2200)
const seeds = Array.from({ length: 30 }, (_, seed) => seed)

/** The estimate for two sets after `symbols` symbols. */
function estimateOf(theirs: number, own: number, symbols: number, seed: number): DifferenceEstimate {
  const sets = {
    theirs: elements.slice(0, 200 + theirs),
    own: [...elements.slice(0, 200), ...elements.slice(2200 - own)],
  }
  const sides = sidesOf(saltOf(String(seed)), sets)
  const difference = chunkOf(sides.theirs, 0, symbols).symbols
  difference.subtract(chunkOf(sides.own, 0, symbols).symbols, 0, symbols)
  const estimate = new DifferenceEstimate()
  // In two chunks, as from a sender.
  estimate.add(difference, 0, 16)
  estimate.add(difference, 16, symbols)
  return estimate
}

test.each([
  ['on both sides', 300, 300],
  ['most of them theirs', 500, 100],
  ['all theirs', 600, 0],
  ['all ours', 0, 600],
])('600 differences, %s: the estimate is right on average, and each is within 4.5 deviations', (_, theirs, own) => {
  for (const [symbols, errorMax] of [
    [24, 0.25],
    [400, 0.06],
  ] as const) {
    const estimates = seeds.map((seed) => estimateOf(theirs, own, symbols, seed))
    const mean = estimates.reduce((sum, { differences }) => sum + differences, 0) / seeds.length
    expect(Math.abs(mean / 600 - 1), `${symbols} symbols`).toBeLessThan(errorMax)
    for (const { differences, deviation } of estimates) {
      expect(Math.abs(differences - 600)).toBeLessThan(4.5 * deviation)
      expect(deviation).toBeLessThan(600 * (symbols === 24 ? 0.6 : 0.2))
    }
  }
})

test('without symbols the estimate is 0 differences and a few symbols', () => {
  const estimate = new DifferenceEstimate()
  expect([estimate.differences, estimate.deviation]).toEqual([0, 0])
  expect(estimate.symbols).toBeLessThan(24)
  const same = estimateOf(0, 0, 24, 0)
  expect(same.differences).toBe(0)
})

test('more differences need more symbols, within bounds', () => {
  const few = estimateOf(20, 0, 24, 0).symbols
  const many = estimateOf(500, 500, 24, 0).symbols
  const known = estimateOf(500, 500, 900, 0).symbols
  expect(few).toBeLessThan(80)
  expect(many).toBeGreaterThan(few)
  expect(known).toBeGreaterThan(1300)
  expect(known).toBeLessThan(1800)
})

test('counts that no valid symbols have lead to a finite estimate', () => {
  const wild = new CodedSymbols()
  wild.extend(64)
  wild.words.fill(0x7fffffff)
  const estimate = new DifferenceEstimate()
  estimate.add(wild, 0, 64)
  expect(estimate.differences).toBe(2 ** 19)
  expect(estimate.symbols).toBeGreaterThan(0)
  expect(Number.isFinite(estimate.symbols)).toBe(true)
})
