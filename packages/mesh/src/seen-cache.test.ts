import { expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'
import { SeenCache } from './seen-cache.ts'
import type { NodeId } from '@ts2p/protocol'

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

test('the address book forgets whoever it heard of longest ago, and leaves alone for a minute whom it could not reach', () => {
  const book = new AddressBook(3)
  const address = (host: string) => ({ transport: 'tcp', host, port: 1 })
  for (const host of ['a', 'b', 'c']) book.learn(host as NodeId, [address(host)])
  book.learn('a' as NodeId, [address('a')])
  book.learn('d' as NodeId, [address('d')])
  book.learn('dials only' as NodeId, [])
  expect(book.candidates(0).map(({ id }) => id)).toEqual(['c', 'a', 'd'])
  book.rest(address('a'), 1000)
  expect(book.candidates(60_999).map(({ id }) => id)).toEqual(['c', 'd'])
  expect(book.candidates(61_000).map(({ id }) => id)).toEqual(['c', 'a', 'd'])
})
