import { expect, test } from 'vitest'
import type { Source } from './sources.ts'
import { Sources } from './sources.ts'
import {
  eagerPeers,
  graft,
  onEagerMessage,
  optimize,
  skipCongested,
  onPeerDown,
  considerFallback,
  removeMissed,
  expireMissed,
} from './tree.ts'
import { prune, fallbackPeers, resumePeer } from './tree.ts'
import { BufferPool } from './buffer-pool.ts'
import type { TreeLink } from './tree.ts'

const link = (id: string, isCongested = false): TreeLink => ({ id, isCongested })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => link(id)) as [TreeLink, TreeLink, TreeLink, TreeLink]

function source(): Source<TreeLink> {
  const sources = new Sources<TreeLink>({ sourcesMax: 4, key: new Uint8Array(32), epoch: 1 })
  return sources.getOrCreateNamed(new Uint8Array(32).fill(7), 1, a).source
}

test('the first message of a source goes on to all but who brought it; who has it from elsewhere is left out', () => {
  const tree = source()
  onEagerMessage(tree, a, { hops: 2, isNew: true, links: [a, b, c, d] })
  expect([tree.parent, tree.hops, eagerPeers(tree)]).toEqual([a, 2, [b, c, d]])
  prune(tree, b)
  prune(tree, d)
  expect(eagerPeers(tree)).toEqual([c])
})

test('the first message does not go back to its source', () => {
  const tree = source()
  const home = link(tree.id)
  onEagerMessage(tree, a, { hops: 2, isNew: true, links: [a, home, c] })
  expect(eagerPeers(tree)).toEqual([c])
})

test('who brings a message first is the parent, and gets none of them back', () => {
  const tree = source()
  onEagerMessage(tree, a, { hops: 3, isNew: true, links: [a, b] })
  onEagerMessage(tree, b, { hops: 1, isNew: false, links: [a, b] })
  expect([tree.parent, tree.hops, eagerPeers(tree)]).toEqual([b, 1, []])
})

test('a neighbor that asks for the messages gets them once', () => {
  const tree = source()
  graft(tree, a)
  graft(tree, a)
  expect(eagerPeers(tree)).toEqual([a])
})

test('a neighbor that takes too little is left out from then on, until it asks', () => {
  const tree = source()
  const slow = { id: 'slow', isCongested: true }
  graft(tree, slow)
  graft(tree, a)
  expect(eagerPeers(tree)).toEqual([a])
  skipCongested(tree, { first: 5, last: 6 })
  skipCongested(tree, { first: 7, last: 7 })
  expect([...tree.missed]).toEqual([[slow, { isSkipped: true, ranges: [{ first: 5, last: 7 }] }]])
  slow.isCongested = false
  expect(eagerPeers(tree)).toEqual([a])
  graft(tree, slow)
  expect(eagerPeers(tree)).toEqual([a, slow])
})

test('what a neighbor missed and has since got, or can no longer be sent, is not missed again', () => {
  const tree = source()
  const slow = { id: 'slow', isCongested: true }
  graft(tree, slow)
  skipCongested(tree, { first: 5, last: 9 })
  removeMissed(tree, slow, { first: 6, last: 7 })
  expect(expireMissed(tree, { first: 4, last: 4 })).toEqual([])
  expect(expireMissed(tree, { first: 5, last: 5 })).toEqual([slow])
  expect(expireMissed(tree, { first: 5, last: 7 })).toEqual([])
  expect(tree.missed.get(slow)?.ranges).toEqual([{ first: 8, last: 9 }])
  graft(tree, slow)
  slow.isCongested = false
  skipCongested(tree, { first: 10, last: 10 })
  expect(tree.missed.get(slow)).toEqual({ isSkipped: false, ranges: [{ first: 8, last: 9 }] })
  removeMissed(tree, slow, { first: 0, last: 9 })
  expect([tree.missed.size, eagerPeers(tree)]).toEqual([0, [slow]])
})

test('a neighbor that was left out and misses nothing gets the next messages again, but the parent does not', () => {
  const tree = source()
  const slow = { id: 'slow', isCongested: true }
  graft(tree, slow)
  skipCongested(tree, { first: 5, last: 5 })
  expect(expireMissed(tree, { first: 5, last: 5 })).toEqual([slow])
  expect(tree.missed.get(slow)).toEqual({ isSkipped: true, ranges: [] })
  slow.isCongested = false
  resumePeer(tree, slow)
  expect([tree.missed.size, eagerPeers(tree)]).toEqual([0, [slow]])
  slow.isCongested = true
  skipCongested(tree, { first: 6, last: 6 })
  onEagerMessage(tree, slow, { hops: 1, isNew: false, links: [slow] })
  resumePeer(tree, slow)
  expect([tree.missed.size, tree.eager]).toEqual([0, []])
})

test('when the parent is lost, the nearest neighbor that is no further from the source is asked, which cannot have it from here, and one more', () => {
  const tree = source()
  onEagerMessage(tree, a, { hops: 3, isNew: true, links: [a, b, c, d] })
  for (const each of [b, c, d]) prune(tree, each)
  considerFallback(tree, b, 4)
  expect(tree.fallback).toBeUndefined()
  considerFallback(tree, c, 3)
  considerFallback(tree, d, 2)
  considerFallback(tree, a, 1)
  expect(onPeerDown(tree, b)).toBe(false)
  expect(onPeerDown(tree, a)).toBe(true)
  expect(tree.parent).toBeUndefined()
  expect(fallbackPeers(tree, [b, c, d])).toEqual([d, b])
  expect(onPeerDown(tree, d)).toBe(false)
  expect(fallbackPeers(tree, [b, c])).toEqual([b, c])
})

test('without a fallback others are asked, but none of those that have the messages from here', () => {
  const tree = source()
  onEagerMessage(tree, a, { hops: 3, isNew: true, links: [a, b, c, d] })
  prune(tree, d)
  onPeerDown(tree, a)
  expect(fallbackPeers(tree, [b, c, d])).toEqual([d])
})

test('a fallback that has since come to be further away than this node is none any more', () => {
  const tree = source()
  onEagerMessage(tree, a, { hops: 3, isNew: true, links: [a, b] })
  considerFallback(tree, b, 2)
  considerFallback(tree, b, 4)
  expect(tree.fallback).toBeUndefined()
})

test('a neighbor that had a message much sooner than it came is asked for the next, and then nobody for a while', () => {
  const tree = source()
  const now = 100_000
  const received = (at: number) =>
    ({ flag: 'broadcast', channel: 0, compressed: undefined, hops: 1, receivedAt: at }) as const
  const came = (first: number, at: number): void => {
    tree.cache.set(first, {
      first,
      last: first,
      payload: new BufferPool().copy(new Uint8Array(1)),
      place: 0,
      ...received(at),
    })
  }
  onEagerMessage(tree, a, { hops: 3, isNew: true, links: [a, b, c] })
  came(1, now - 50)
  const told = (ageMs: number, first = 1) => ({ first, ageMs })
  expect(optimize(tree, b, told(60), now)).toBe(false)
  expect(optimize(tree, b, told(0), now)).toBe(false)
  expect(optimize(tree, b, told(90, 2), now)).toBe(false)
  expect(optimize(tree, a, told(90), now)).toBe(false)
  expect(optimize(tree, b, told(90), now)).toBe(true)
  expect(optimize(tree, c, told(90), now + 5000)).toBe(false)
  came(2, now + 15_000)
  expect(optimize(tree, c, told(90, 2), now + 15_050)).toBe(true)
})
