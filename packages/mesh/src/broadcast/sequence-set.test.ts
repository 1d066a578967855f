import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SequenceSet } from './sequence-set.ts'

test('what came is known, what did not is missing, in whichever order it came', () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
      const set = new SequenceSet<string>()
      const held = new Set<number>()
      for (const [index, [first, more]] of ranges.entries()) {
        const sequences = Array.from({ length: more + 1 }, (_, step) => first + step)
        const isNew = sequences.every((sequence) => !held.has(sequence))
        // Each by a link of its own, so that none begins too many.
        const outcome = set.add({ first, last: first + more }, `${index}`, 0)
        expect(outcome).toBe(isNew ? 'new' : 'known')
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
  const set = new SequenceSet<string>()
  for (let first = 1; first <= 1_000_000; first++) set.add({ first, last: first }, 'a', first)
  expect([set.rangeCount, set.highest]).toEqual([1, 1_000_000])
})

test('a liar that names sequences far ahead keeps out nothing that comes in order, and not more than a few of its own', () => {
  const set = new SequenceSet<string>()
  set.add({ first: 1, last: 50 }, 'honest', 0)
  const outcomes = Array.from({ length: 20 }, (_, index) => set.add(only(1000 * (index + 1)), 'liar', 0))
  expect(outcomes.filter((outcome) => outcome === 'new').length).toBe(8)
  expect(outcomes.filter((outcome) => outcome === 'refused').length).toBe(12)
  expect([51, 52, 53].map((sequence) => set.add(only(sequence), 'honest', 1))).toEqual(['new', 'new', 'new'])
  expect(set.add(only(1000), 'honest', 1)).toBe('known')
})

test('a gap that nobody can fill any more is closed, once what follows has gone on for two minutes', () => {
  const set = new SequenceSet<string>()
  set.add({ first: 1, last: 5 }, 'a', 0)
  set.add(only(10), 'a', 0)
  set.add(only(11), 'a', 119_000)
  expect(set.missingIn({ first: 1, last: 11 })).toEqual([{ first: 6, last: 9 }])
  set.add(only(12), 'a', 121_000)
  expect([set.missingIn({ first: 1, last: 12 }), set.rangeCount]).toEqual([[], 1])
})

test('a range far above is forgotten, once the origin has gone on below it for two minutes', () => {
  const set = new SequenceSet<string>()
  set.add(only(1), 'honest', 0)
  set.add(only(1_000_000), 'liar', 0)
  set.add(only(2), 'honest', 60_000)
  expect(set.highest).toBe(1_000_000)
  set.add(only(3), 'honest', 121_000)
  expect([set.highest, set.rangeCount]).toEqual([3, 1])
})

test('what was before is forgone, and what follows is new', () => {
  const set = new SequenceSet<string>()
  set.forgo({ first: 40, last: 50 }, 0)
  expect(set.add({ first: 45, last: 46 }, 'a', 0)).toBe('known')
  expect(set.add({ first: 51, last: 52 }, 'a', 0)).toBe('new')
  expect(set.hasAll({ first: 41, last: 52 })).toBe(true)
})

function only(sequence: number): { first: number; last: number } {
  return { first: sequence, last: sequence }
}
