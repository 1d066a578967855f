import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gapsMax, SequenceSet } from './sequence-set.ts'

test('what came is known, what did not is missing, in whichever order it came', () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
      const set = new SequenceSet()
      const held = new Set<number>()
      for (const [first, more] of ranges) {
        const sequences = Array.from({ length: more + 1 }, (_, step) => first + step)
        const isNew = sequences.every((sequence) => !held.has(sequence))
        expect(set.add({ first, last: first + more }, 0)).toBe(isNew)
        if (isNew) for (const sequence of sequences) held.add(sequence)
      }
      const missing = set
        .missingIn({ first: 1, last: 70 })
        .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, step) => first + step))
      expect(missing).toEqual(Array.from({ length: 70 }, (_, index) => index + 1).filter((each) => !held.has(each)))
      expect(set.highest).toBe(Math.max(0, ...held))
    }),
  )
})

test('a million messages in order take the room of one', () => {
  const set = new SequenceSet()
  for (let first = 1; first <= 1_000_000; first++) set.add({ first, last: first }, first)
  expect([set.gapCount, set.highest]).toEqual([0, 1_000_000])
})

test('what comes ahead of a gap is new, however many gaps there are: the lowest is given up', () => {
  const set = new SequenceSet()
  const givenUp = []
  for (let first = 1; first <= 101; first += 2) {
    expect(set.add(only(first), 0)).toBe(true)
    givenUp.push(...set.giveUp(-1))
    expect(set.gapCount).toBeLessThanOrEqual(gapsMax)
  }
  expect(givenUp).toEqual(Array.from({ length: 50 - gapsMax }, (_, index) => only(2 * (index + 1))))
  expect(set.add(only(2), 0)).toBe(false)
  expect(set.missingIn({ first: 0, last: 110 }).length).toBe(gapsMax + 2)
})

test('a gap is given up after a time, and counts as received', () => {
  const set = new SequenceSet()
  set.add({ first: 1, last: 5 }, 0)
  set.add(only(10), 1000)
  set.add(only(11), 119_000)
  expect(set.giveUp(999)).toEqual([])
  expect(set.missingIn({ first: 1, last: 11 })).toEqual([{ first: 6, last: 9 }])
  expect(set.giveUp(1000)).toEqual([{ first: 6, last: 9 }])
  expect([set.missingIn({ first: 1, last: 11 }), set.gapCount, set.add(only(7), 121_000)]).toEqual([[], 0, false])
  expect(set.giveUp(200_000)).toEqual([])
})

test('what fills a gap gives time to the gaps above, and to none below', () => {
  const set = new SequenceSet()
  for (const first of [1, 10, 20, 30]) set.add(only(first), 0)
  set.add(only(15), 5000)
  expect(set.giveUp(0)).toEqual([
    { first: 2, last: 9 },
    { first: 11, last: 14 },
  ])
  expect(set.giveUp(4999)).toEqual([])
  set.add({ first: 16, last: 19 }, 7000)
  expect(set.giveUp(6999)).toEqual([])
  expect(set.giveUp(7000)).toEqual([{ first: 21, last: 29 }])
})

test('what lies below the lowest sequence is no gap, until more comes from there', () => {
  const set = new SequenceSet()
  set.add(only(50), 0)
  expect([set.gapCount, set.giveUp(1000)]).toEqual([0, []])
  expect(set.add(only(40), 2000)).toBe(true)
  expect(set.giveUp(1999)).toEqual([])
  expect(set.giveUp(2000)).toEqual([{ first: 41, last: 49 }])
})

test('only what is below the first that came is forgone, whatever a neighbor has named', () => {
  const set = new SequenceSet()
  set.forgo({ first: 1, last: 2 ** 32 - 2 }, 0)
  expect(set.hasSome({ first: 1, last: 2 ** 32 - 2 })).toBe(false)
  expect(set.add({ first: 51, last: 52 }, 0)).toBe(true)
  set.forgo({ first: 40, last: 2 ** 32 - 2 }, 0)
  expect(set.add({ first: 45, last: 46 }, 0)).toBe(false)
  expect(set.add({ first: 53, last: 53 }, 0)).toBe(true)
  expect(set.hasAll({ first: 40, last: 53 })).toBe(true)
})

function only(sequence: number): { first: number; last: number } {
  return { first: sequence, last: sequence }
}
