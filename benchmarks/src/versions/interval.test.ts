import { expect, test } from 'vitest'
import { medianInterval } from './interval.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

test('the interval of 15 values is from the 4th to the 12th, of 20 from the 6th to the 15th, as in the tables', () => {
  expect(medianInterval(upTo(15).toReversed())).toEqual({ median: 8, low: 4, high: 12 })
  expect(medianInterval(upTo(20))).toEqual({ median: 10.5, low: 6, high: 15 })
})

test('of few values it is all of them', () => {
  expect(medianInterval([3, 1])).toEqual({ median: 2, low: 1, high: 3 })
})
