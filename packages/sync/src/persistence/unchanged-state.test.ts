import { nodeIdFromHash } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { UnchangedState } from './unchanged-state.ts'

const minute = 60_000
const hour = 60 * minute

test('a contact time is saved first, after records changed, and else when it would be too early by hours', () => {
  const state = new UnchangedState()
  const isSaved = (contactMs: number, completeSince = 0): boolean =>
    state.acceptsContact({ contactMs, completeSince }, 3 * hour)
  expect(isSaved(0)).toBe(true)
  expect([isSaved(minute), isSaved(2 * hour)]).toEqual([false, false])
  state.onRecords()
  expect([isSaved(2 * hour + minute), isSaved(2 * hour + 2 * minute)]).toEqual([true, false])
  expect([isSaved(5 * hour), isSaved(6 * hour)]).toEqual([false, true])
  // What the store knows of deletions is not the same any more; the clock was set back.
  expect([isSaved(6 * hour, 100), isSaved(hour, 100)]).toEqual([true, true])
})

test('a contact time of an earlier life counts, and at the end the exact one is saved', () => {
  const state = new UnchangedState()
  state.onLoaded({ contact: { contactMs: 1000, completeSince: 0 }, cursors: [] })
  expect(state.acceptsContact({ contactMs: 2000, completeSince: 0 }, hour)).toBe(false)
  expect(state.acceptsContact({ contactMs: 2000, completeSince: 0 }, 0)).toBe(true)
})

test('cursors are saved when a position has changed, not when their order has', () => {
  const [a, b] = [1, 2].map((byte) => nodeIdFromHash(new Uint8Array(32).fill(byte)))
  if (!a || !b) throw new Error('There are two.')
  const at = (sequence: number) => ({ epoch: 1, sequence })
  const state = new UnchangedState()
  state.onLoaded({ contact: undefined, cursors: [[a, at(1)]] })
  expect(state.acceptsCursors([[a, at(1)]])).toBe(false)
  const both = [[a, at(1)] as const, [b, at(1)] as const]
  expect([state.acceptsCursors(both), state.acceptsCursors(both.toReversed())]).toEqual([true, false])
  expect(state.acceptsCursors([[a, at(2)]])).toBe(true)
  state.dropCursors()
  expect(state.acceptsCursors([[a, at(2)]])).toBe(true)
})
