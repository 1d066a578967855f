import { expect, test } from 'vitest'
import type { Origin } from './origins.ts'
import { Origins } from './origins.ts'
import { branches, graft, grow, lose, noteBackup, prune } from './tree.ts'
import type { TreeLink } from './tree.ts'

const link = (id: string, isCongested = false): TreeLink => ({ id, isCongested })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => link(id)) as [TreeLink, TreeLink, TreeLink, TreeLink]

function origin(): Origin<TreeLink> {
  const origins = new Origins<TreeLink>({ originsMax: 4, hash: new Uint8Array(32), epoch: 1 })
  return origins.meet(new Uint8Array(32).fill(7), 1).origin
}

test('the first message of an origin goes on to all but who brought it; who has it from elsewhere is left out', () => {
  const tree = origin()
  grow(tree, a, { hops: 2, isNew: true, links: [a, b, c, d] })
  expect([tree.parent, tree.hops, branches(tree)]).toEqual([a, 2, [b, c, d]])
  prune(tree, b)
  prune(tree, d)
  expect(branches(tree)).toEqual([c])
})

test('the first message does not go back to its origin', () => {
  const tree = origin()
  const home = link(tree.id)
  grow(tree, a, { hops: 2, isNew: true, links: [a, home, c] })
  expect(branches(tree)).toEqual([c])
})

test('who brings a message first is the parent, and gets none of them back', () => {
  const tree = origin()
  grow(tree, a, { hops: 3, isNew: true, links: [a, b] })
  grow(tree, b, { hops: 1, isNew: false, links: [a, b] })
  expect([tree.parent, tree.hops, branches(tree)]).toEqual([b, 1, []])
})

test('a neighbour that asks for the messages gets them once', () => {
  const tree = origin()
  graft(tree, a)
  graft(tree, a)
  expect(branches(tree)).toEqual([a])
})

test('a neighbour that takes too little is left out from then on, until it asks', () => {
  const tree = origin()
  const slow = { id: 'slow', isCongested: true }
  graft(tree, slow)
  graft(tree, a)
  expect(branches(tree)).toEqual([a])
  slow.isCongested = false
  expect(branches(tree)).toEqual([a])
  graft(tree, slow)
  expect(branches(tree)).toEqual([a, slow])
})

test('a lost parent is replaced by the nearest neighbour that is no further from the origin, which cannot have it from here', () => {
  const tree = origin()
  grow(tree, a, { hops: 3, isNew: true, links: [a, b, c, d] })
  noteBackup(tree, b, 4)
  expect(tree.backup).toBeUndefined()
  noteBackup(tree, c, 3)
  noteBackup(tree, d, 2)
  noteBackup(tree, a, 1)
  expect(lose(tree, b)).toBeUndefined()
  expect(lose(tree, a)).toBe(d)
  expect([tree.parent, tree.backup]).toEqual([d, undefined])
  expect(lose(tree, d)).toBeUndefined()
  expect(tree.parent).toBeUndefined()
})
