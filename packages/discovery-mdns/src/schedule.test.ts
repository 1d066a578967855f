import { expect, test } from 'vitest'
import { questionDelayMs } from './schedule.ts'

const asked = Array.from({ length: 40 }, (_, index) => index)

test('the first question waits a moment, the others a second at least and at most ever longer, up to a bound', () => {
  expect([questionDelayMs(0, true, 0), questionDelayMs(0, true, 1)]).toEqual([20, 120])
  for (const count of asked.slice(1)) expect(questionDelayMs(count, true, 0)).toBe(1000)
  expect(asked.slice(1, 7).map((count) => questionDelayMs(count, true, 1))).toEqual([
    2000, 4000, 8000, 16_000, 30_000, 30_000,
  ])
  expect([questionDelayMs(1, false, 0), questionDelayMs(1, false, 1)]).toEqual([1000, 2000])
  expect([questionDelayMs(100, false, 0), questionDelayMs(100, false, 1)]).toEqual([100_000, 200_000])
})
