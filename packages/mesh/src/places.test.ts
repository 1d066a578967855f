import { expect, test } from 'vitest'
import { evictable, hasPlace, replaceable } from './places.ts'
import type { PlacedLink } from './places.ts'

const limits = { coreLinksMax: 10, leafLinksMax: 24 }
const newcomer = { isDialOnly: false, isPressing: false, before: 0 }
const alone = { ...newcomer, isPressing: true }
const browser = { ...newcomer, isDialOnly: true }

const links = (count: number, direction: 'dialled' | 'accepted', isDialOnly = false): PlacedLink[] =>
  Array.from({ length: count }, (_, index) => ({ direction, openedAt: index, isDialOnly }))

test('ten places for nodes that can be dialled, 24 for those that only dial, those who are on their way counted', () => {
  expect(hasPlace(newcomer, links(9, 'accepted'), limits, 0)).toBe(true)
  expect(hasPlace(newcomer, links(10, 'accepted'), limits, 0)).toBe(false)
  expect(hasPlace({ ...newcomer, before: 1 }, links(9, 'accepted'), limits, 0)).toBe(false)
  expect(hasPlace(browser, links(23, 'accepted', true), limits, 0)).toBe(true)
  expect(hasPlace(browser, links(24, 'accepted', true), limits, 0)).toBe(false)
  expect(hasPlace(newcomer, links(24, 'accepted', true), limits, 0)).toBe(true)
  expect(hasPlace(browser, links(10, 'accepted'), limits, 0)).toBe(true)
})

test('a node without any link is taken though all places are, if a link can go for it that has been there for a while', () => {
  expect(hasPlace(alone, links(10, 'accepted'), limits, 5000)).toBe(false)
  expect(hasPlace(alone, links(10, 'accepted'), limits, 20_000)).toBe(true)
  expect(hasPlace({ ...alone, before: 6 }, links(10, 'accepted'), limits, 20_000)).toBe(false)
  expect(hasPlace({ ...browser, isPressing: true }, links(24, 'accepted', true), limits, 20_000)).toBe(false)
})

test('10,000 nodes without a link dial one that is full: the links that it dialled, and the four oldest others, stay', () => {
  const dialled = links(6, 'dialled')
  let taken = [...dialled, ...links(4, 'accepted')]
  for (let now = 0; now < 10_000; now++) {
    if (!hasPlace(alone, taken, limits, 60_000 + now)) continue
    const [gone] = evictable(taken, 60_000 + now)
    taken = [...taken.filter((link) => link !== gone), { direction: 'accepted', openedAt: now, isDialOnly: false }]
  }
  expect(taken).toEqual([...dialled, ...links(4, 'accepted')])
  expect(hasPlace(alone, taken, limits, 100_000)).toBe(false)
})

test('the two oldest of the dialled links are never replaced', () => {
  const [first, second, ...others] = links(6, 'dialled')
  expect(replaceable(links(6, 'dialled'))).toEqual(others)
  expect(replaceable([...(second ? [second] : []), ...(first ? [first] : []), ...links(9, 'accepted')])).toEqual([])
})
