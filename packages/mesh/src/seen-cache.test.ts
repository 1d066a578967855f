import { expect, test } from 'vitest'
import { SeenCache } from './seen-cache.ts'

test('an id is remembered for at least one generation', () => {
  const seen = new SeenCache({ idsMax: 1000, generationMs: 60_000 })
  seen.add('a', 0)
  seen.add('b', 59_000)
  seen.add('c', 61_000)
  expect(['a', 'b', 'c'].map((id) => seen.has(id))).toEqual([true, true, true])
  seen.add('d', 119_000)
  expect(seen.has('b')).toBe(true)
  seen.add('e', 122_000)
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => seen.has(id))).toEqual([false, false, true, true, true])
})

test('a million ids take the room of the last few', () => {
  const seen = new SeenCache({ idsMax: 65_536, generationMs: 60_000 })
  let known = 0
  for (let id = 0; id < 1_000_000; id++) seen.add(`${id}`, 0)
  for (let id = 0; id < 1_000_000; id++) if (seen.has(`${id}`)) known += 1
  expect(known).toBeGreaterThan(32_000)
  expect(known).toBeLessThanOrEqual(65_536)
  expect(seen.has('999999')).toBe(true)
})
