import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

/** How many of so many packets, sent at one moment, pass. */
function passing(gate: Gate, count: number, now: number, sourceOf: (index: number) => string): number {
  const indices = Array.from({ length: count }, (_, index) => index)
  return indices.filter((index) => gate.accepts({ source: sourceOf(index), bytes: 300 }, now)).length
}

test('one machine has 40 packets at once, and 20 a second', () => {
  const gate = new Gate()
  expect(passing(gate, 1000, 0, () => 'a')).toBe(40)
  expect(passing(gate, 1000, 1000, () => 'a')).toBe(20)
  expect(passing(gate, 1000, 60_000, () => 'a')).toBe(40)
})

test('a machine that sends too much leaves the others their share', () => {
  const gate = new Gate()
  passing(gate, 100_000, 0, () => 'loud')
  expect(passing(gate, 10, 0, () => 'quiet')).toBe(10)
})

test('all together have 400 at once, and 200 a second, however many they say they are', () => {
  const gate = new Gate()
  expect(passing(gate, 10_000, 0, (index) => `host ${index}`)).toBe(400)
  expect(passing(gate, 10_000, 1000, (index) => `host ${index}`)).toBe(200)
})

test('what is longer than any packet of ts2p is passed over, at no cost', () => {
  const gate = new Gate()
  for (let index = 0; index < 1000; index++) expect(gate.accepts({ source: 'a', bytes: 1501 }, 0)).toBe(false)
  expect(gate.accepts({ source: 'a', bytes: 1500 }, 0)).toBe(true)
})
