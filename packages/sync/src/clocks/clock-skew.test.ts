import { expect, test } from 'vitest'
import { clockSkew } from './clock-skew.ts'

test('two neighbours cannot say whose clock is wrong', () => {
  expect([[], [90_000], [90_000, 90_000]].map(clockSkew)).toEqual([undefined, undefined, undefined])
})

test.each([
  [[1, 2, 3], 2],
  [[90_000, -90_000, 5], 5],
  [[90_000, 90_000, 5], 90_000],
  // One of three, or two of five, do not decide; of two in the middle the smaller does.
  [[0, 0, 1e12], 0],
  [[-1e12, -1e12, 7, 8, 9], 7],
  [[-1e12, -40_000, 10, 20], 10],
  [[-90_000, -80_000, -70_000, 0], -70_000],
])('%j: %i', (aheadMs, skew) => {
  expect(clockSkew(aheadMs)).toBe(skew)
})
