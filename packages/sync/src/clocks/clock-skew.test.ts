import { expect, test } from 'vitest'
import { clockSkew, skewBeyond } from './clock-skew.ts'

test('one neighbor cannot say whose clock is wrong', () => {
  expect([[], [90_000]].map(clockSkew)).toEqual([undefined, undefined])
})

test.each([
  [[90_000, 90_000], 90_000],
  [[90_000, 40_000], 40_000],
  // Three clocks of which no two agree.
  [[90_000, -90_000], 0],
  [[1, 2, 3], 2],
  [[90_000, -90_000, 5], 5],
  [[90_000, 90_000, 5], 90_000],
  // One of three, or two of five, do not decide; of two in the middle the smaller does.
  [[0, 0, 1e12], 0],
  [[-1e12, -1e12, 7, 8, 9], 7],
  [[-1e12, 10, 20, 30], 10],
  [[-1e12, -40_000, 10, 20], 0],
  [[-90_000, -80_000, -70_000, 0], -70_000],
])('%j: %i', (aheadMs, skew) => {
  expect(clockSkew(aheadMs)).toBe(skew)
})

test.each([
  ['no neighbor', [], undefined],
  ['the only neighbor differs: nobody can tell', [5000], 5000],
  ['one of two agrees with this node', [5000, 0], undefined],
  ['both of two differ', [5000, 5200], 5200],
  ['both of two differ, each in its own way', [5000, -5000], 5000],
  ['two of three differ', [5000, 5000, 0], 5000],
  ['two of four differ', [5000, 5000, 0, 0], undefined],
  ['all within the guard', [1900, -1900], undefined],
])('a guard of 2 s, %s', (_, aheadMs, skew) => {
  expect(
    skewBeyond(
      aheadMs.map((ms) => ({ aheadMs: ms, errorMs: 50 })),
      2000,
    ),
  ).toBe(skew)
})

test('what the round trip leaves open is no difference', () => {
  expect(skewBeyond([{ aheadMs: 3000, errorMs: 1000 }], 2000)).toBeUndefined()
  expect(skewBeyond([{ aheadMs: 3000, errorMs: 999 }], 2000)).toBe(3000)
})
