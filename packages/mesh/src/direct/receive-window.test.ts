import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReceiveWindow } from './receive-window.ts'

test('each sequence is new once, in whichever order they come, and the acknowledgment names them all', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }), (sequences) => {
      const window = new ReceiveWindow(7, 1)
      const seen = new Set<number>()
      for (const sequence of sequences) {
        expect(window.add(sequence)).toBe(!seen.has(sequence))
        seen.add(sequence)
      }
      const { epoch, upTo, ranges } = window.acknowledgment
      const named = [
        ...Array.from({ length: upTo }, (_, index) => index + 1),
        ...ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
      ]
      expect([epoch, named]).toEqual([7, [...seen].toSorted((a, b) => a - b)])
      for (const [index, { first }] of ranges.entries())
        expect(first).toBeGreaterThan((ranges[index - 1]?.last ?? upTo) + 1)
    }),
  )
})

test('a source that gives messages up takes the window along; what is too far ahead is not taken', () => {
  const window = new ReceiveWindow(7, 5)
  expect([window.add(4), window.add(9), window.add(5)]).toEqual([false, true, true])
  window.forgo(8)
  window.forgo(3)
  expect(window.acknowledgment).toEqual({ epoch: 7, upTo: 7, ranges: [{ first: 9, last: 9 }] })
  expect(window.add(8)).toBe(true)
  expect(window.acknowledgment).toEqual({ epoch: 7, upTo: 9, ranges: [] })
  expect([window.add(9 + 16_384), window.add(10 + 16_384)]).toEqual([true, false])
})

test('an acknowledgment has at most 32 ranges, the lowest ones', () => {
  const window = new ReceiveWindow(7, 1)
  for (let sequence = 2; sequence <= 200; sequence += 2) window.add(sequence)
  const { ranges } = window.acknowledgment
  expect([ranges.length, ranges[0], ranges.at(-1)]).toEqual([32, { first: 2, last: 2 }, { first: 64, last: 64 }])
})
