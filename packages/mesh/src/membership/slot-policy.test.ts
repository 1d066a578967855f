import { expect, test } from 'vitest'
import { evictable, evictableForDial, hasSlot, evictableByHost } from './slot-policy.ts'
import type { Slot } from './slot-policy.ts'

const limits = { coreLinksMax: 10, leafLinksMax: 24 }
const inboundPeer = { isDialOnly: false, isHighPriority: false, before: 0, host: undefined }
const highPriority = { ...inboundPeer, isHighPriority: true }
const browser = { ...inboundPeer, isDialOnly: true }

const links = (count: number, direction: 'dialed' | 'accepted', isDialOnly = false, host?: string): Slot[] =>
  Array.from({ length: count }, (_, index) => ({ direction, since: index, isDialOnly, host }))

test('ten places for nodes that can be dialed, 24 for those that only dial, those who are on their way counted', () => {
  expect(hasSlot(inboundPeer, links(9, 'accepted'), limits, 0)).toBe(true)
  expect(hasSlot(inboundPeer, links(10, 'accepted'), limits, 0)).toBe(false)
  expect(hasSlot({ ...inboundPeer, before: 1 }, links(9, 'accepted'), limits, 0)).toBe(false)
  expect(hasSlot(browser, links(23, 'accepted', true), limits, 0)).toBe(true)
  expect(hasSlot(browser, links(24, 'accepted', true), limits, 0)).toBe(false)
  expect(hasSlot(inboundPeer, links(24, 'accepted', true), limits, 0)).toBe(true)
  expect(hasSlot(browser, links(10, 'accepted'), limits, 0)).toBe(true)
})

test('a node without any link is taken though all places are, if a link can go for it that has been there for a while', () => {
  expect(hasSlot(highPriority, links(10, 'accepted'), limits, 5000)).toBe(false)
  expect(hasSlot(highPriority, links(10, 'accepted'), limits, 20_000)).toBe(true)
  expect(hasSlot({ ...highPriority, before: 6 }, links(10, 'accepted'), limits, 20_000)).toBe(false)
  expect(hasSlot({ ...browser, isHighPriority: true }, links(24, 'accepted', true), limits, 20_000)).toBe(false)
})

test('10,000 nodes without a link dial one that is full: the links that it dialed, and the four oldest others, stay', () => {
  const dialed = links(6, 'dialed')
  let taken = [...dialed, ...links(4, 'accepted')]
  for (let now = 0; now < 10_000; now++) {
    if (!hasSlot(highPriority, taken, limits, 60_000 + now)) continue
    const [gone] = evictable(taken, 60_000 + now)
    taken = [
      ...taken.filter((link) => link !== gone),
      { direction: 'accepted', since: now, isDialOnly: false, host: undefined },
    ]
  }
  expect(taken).toEqual([...dialed, ...links(4, 'accepted')])
  expect(hasSlot(highPriority, taken, limits, 100_000)).toBe(false)
})

test('for a link that the node dials, the youngest accepted one goes, however long it has lasted; dialed ones and the four oldest stay', () => {
  expect(evictableForDial([...links(6, 'dialed'), ...links(6, 'accepted')])).toEqual(links(6, 'accepted').at(-1))
  expect(
    evictableForDial([...links(8, 'dialed'), ...links(4, 'accepted'), ...links(9, 'accepted', true)]),
  ).toBeUndefined()
})

test('a link that has lasted for ten minutes does not go for an inbound peer', () => {
  expect(hasSlot(highPriority, links(10, 'accepted'), limits, 599_000)).toBe(true)
  expect(hasSlot(highPriority, links(10, 'accepted'), limits, 700_000)).toBe(false)
})

test('when 24 pages of one host have all places, the youngest of them goes for a page of another host, until both have as many', () => {
  let taken = links(24, 'accepted', true, 'crowd')
  for (let now = 100; now < 200; now += 1) {
    const visitor = { ...browser, host: 'visitor' }
    if (!hasSlot(visitor, taken, limits, now)) continue
    const gone = evictableByHost(taken, { inbound: 'visitor', least: 1 })
    expect(gone).toMatchObject({
      host: 'crowd',
      since: Math.max(...taken.flatMap((link) => (link.host === 'crowd' ? link.since : []))),
    })
    taken = [
      ...taken.filter((link) => link !== gone),
      { direction: 'accepted', since: now, isDialOnly: true, host: 'visitor' },
    ]
  }
  expect(taken.filter(({ host }) => host === 'visitor').length).toBe(12)
  expect(hasSlot({ ...browser, host: 'crowd' }, taken, limits, 200)).toBe(false)
  expect(hasSlot({ ...browser, host: 'third' }, taken, limits, 200)).toBe(true)
})

test('while there is room, a host may have all of the places that are taken', () => {
  expect(hasSlot({ ...browser, host: 'crowd' }, links(23, 'accepted', true, 'crowd'), limits, 0)).toBe(true)
})

test('links of this machine and of proxies, whose host is not counted, do not go for others', () => {
  expect(hasSlot({ ...browser, host: 'visitor' }, links(24, 'accepted', true), limits, 0)).toBe(false)
})

test('a host that has more than half of the places for nodes that can be dialed gives one up for another host that presses, however old', () => {
  const other = { ...highPriority, host: 'other' }
  const crowd = [...links(6, 'accepted', false, 'crowd'), ...links(4, 'dialed', false, 'friend')]
  expect(hasSlot(other, crowd, limits, 700_000)).toBe(true)
  expect(hasSlot({ ...other, isHighPriority: false }, crowd, limits, 700_000)).toBe(false)
  const fair = [...links(5, 'accepted', false, 'crowd'), ...links(5, 'dialed', false, 'friend')]
  expect(hasSlot(other, fair, limits, 700_000)).toBe(false)
})
