import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, defaultBackoff } from './backoff.ts'

const almostOne = 1 - 2 ** -53

test('the bound doubles from half a second up to half a minute', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => Math.round(backoffMs(failures, almostOne)))
  expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
})

test('the wait is spread over the bound, and never under a tenth of it', () => {
  expect([0, 0.05, 0.1, 0.25, 0.5].map((random) => backoffMs(3, random))).toEqual([200, 200, 200, 500, 1000])
})

test('whatever fails how often, the wait is between a tenth of the first bound and the longest', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), random, (failures, drawn) => {
      const wait = backoffMs(failures, drawn)
      expect(wait).toBeGreaterThanOrEqual(defaultBackoff.firstMs / 10)
      expect(wait).toBeLessThanOrEqual(defaultBackoff.mostMs)
      expect(backoffMs(failures + 1, drawn)).toBeGreaterThanOrEqual(wait)
    }),
  )
})

test('other times give other bounds', () => {
  expect(backoffMs(2, 0.5, { firstMs: 10, mostMs: 15 })).toBe(7.5)
})
