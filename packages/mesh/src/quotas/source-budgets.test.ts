import { hashFromNodeId, identityFromSeed, portableEd25519 } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { newTimes, SourceBudgets } from './source-budgets.ts'
import type { BudgetLink } from './source-budgets.ts'

const limits = { workPerSecond: 6400, burstSeconds: 10 }
const idOf = (index: number): NodeId => identityFromSeed(new Uint8Array(32).fill(index), portableEd25519).id
const [loud, quiet, other] = [idOf(1), idOf(2), idOf(3)]
const linkOf = (remoteHost: string): BudgetLink => ({ id: idOf(9), remoteHost })

test('a new source that uses up the budget of its link does not silence the others on it', () => {
  expect(hashFromNodeId(loud)).not.toEqual(hashFromNodeId(quiet))
  const budgets = new SourceBudgets(limits)
  const link = linkOf('relay')
  while (budgets.hasRoom(loud, link, 0)) budgets.charge(loud, link, 0, 100)
  expect(budgets.hasRoom(quiet, link, 0)).toBe(true)
  let used = 0
  for (; budgets.hasRoom(quiet, link, 0); used += newTimes) budgets.charge(quiet, link, 0, 1)
  // A 64th of the budget and its burst.
  expect(Math.floor(used / newTimes)).toBe(Math.ceil(1000 / newTimes))
  expect(budgets.hasRoom(other, link, 0)).toBe(true)
  expect(budgets.hasRoom(loud, link, 0)).toBe(false)
})

test('a source has a budget of its own ten minutes after its first verified message, however often it was named before', () => {
  const budgets = new SourceBudgets(limits)
  const [relay, liar] = [linkOf('relay'), linkOf('liar')]
  expect(budgets.hasRoom(loud, liar, 0)).toBe(true)
  budgets.charge(quiet, relay, 0, 1)
  budgets.charge(other, relay, 600_000, 100_000)
  budgets.charge(loud, relay, 600_000, 100_000)
  expect([loud, quiet].map((source) => budgets.hasRoom(source, relay, 600_000))).toEqual([false, true])
})

test('a link that ends leaves no budget behind, and the next one of its host does not begin anew', () => {
  const budgets = new SourceBudgets(limits)
  const [first, second] = [linkOf('liar'), linkOf('liar')]
  budgets.charge(loud, first, 0, 100_000 / newTimes)
  budgets.onUnlink(first, 0)
  expect(budgets.hasRoom(loud, second, 0)).toBe(false)
  expect(budgets.hasRoom(loud, second, 10_000)).toBe(true)
  expect(budgets.hasRoom(loud, linkOf('another'), 0)).toBe(true)
})

test('the neighbor itself is charged less than new sources, from the first message on', () => {
  const budgets = new SourceBudgets(limits)
  const link = linkOf('neighbor')
  budgets.charge(link.id, link, 0, 60_000)
  budgets.charge(quiet, link, 0, 60_000)
  expect([link.id, quiet].map((source) => budgets.hasRoom(source, link, 0))).toEqual([true, false])
})
