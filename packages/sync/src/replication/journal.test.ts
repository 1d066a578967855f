import { nodeIdFromHash } from '@ts2p/protocol'
import type { NodeId, JournalPosition } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Cursors } from '../anti-entropy/cursors.ts'
import { Journal } from './journal.ts'

/** A journal whose epochs are 1, 2, 3 … */
function createJournal(): Journal {
  let epoch = 0
  return new Journal(() => (epoch += 1))
}

/** What a journal tells: the keys, and whether these are all. */
function read(journal: Journal, position: JournalPosition): { keys: string[]; isWhole: boolean } {
  const keys: string[] = []
  const reading = journal.since(position)
  for (let next = reading.next(); ; next = reading.next()) {
    if (next.done) return { keys, isWhole: next.value }
    keys.push(next.value)
  }
}

test('a journal tells the keys that have changed since a position, each once', () => {
  const journal = createJournal()
  journal.append('a')
  const { position } = journal
  expect(read(journal, position)).toEqual({ keys: [], isWhole: true })
  for (const key of ['b', 'a', 'b']) journal.append(key)
  expect(read(journal, position)).toEqual({ keys: ['b', 'a'], isWhole: true })
})

test('what changes while it is read is not told: else a reader that is slower than the writer would never end', () => {
  const journal = createJournal()
  const start = journal.position
  for (const key of ['a', 'b']) journal.append(key)
  const reading = journal.since(start)
  expect(reading.next().value).toBe('a')
  journal.append('c')
  expect(reading.next().value).toBe('b')
  expect(reading.next()).toEqual({ done: true, value: true })
})

test('a reader that falls behind what is kept, or whose journal ends, learns that it has missed something', () => {
  const journal = createJournal()
  const start = journal.position
  for (const key of ['a', 'b']) journal.append(key)
  const [slow, other] = [journal.since(start), journal.since(start)]
  for (const reading of [slow, other]) expect(reading.next().value).toBe('a')
  for (let change = 0; change < 200_000; change++) journal.append(`key ${change}`)
  expect(slow.next()).toEqual({ done: true, value: false })
  const unread = journal.since(journal.position)
  journal.begin()
  for (const reading of [other, unread]) expect(reading.next()).toEqual({ done: true, value: false })
})

test('a key that changes all the time is sent few times', () => {
  const journal = createJournal()
  const start = journal.position
  for (let change = 0; change < 30_000; change++) for (const key of ['hot', `cold ${change}`]) journal.append(key)
  const { keys } = read(journal, start)
  expect(new Set(keys).size).toBe(30_001)
  expect(keys.length - 30_000).toBeLessThanOrEqual(8)
})

test('it knows nothing of another journal, of what is to come, and of what was too long ago', () => {
  const journal = createJournal()
  const first = journal.position
  journal.append('a')
  const second = journal.position
  expect(journal.covers({ epoch: 2, sequence: 0 })).toBe(false)
  expect(journal.covers({ epoch: 1, sequence: 2 })).toBe(false)
  for (let change = 0; change < 200_000; change++) journal.append(`key ${change % 10}`)
  expect([first, second].map((position) => journal.covers(position))).toEqual([false, false])
  expect(read(journal, { epoch: 1, sequence: 200_001 - 65_536 }).keys.length).toBe(10)
  journal.begin()
  expect(journal.position).toEqual({ epoch: 2, sequence: 0 })
  expect(journal.covers({ epoch: 1, sequence: 200_001 })).toBe(false)
})

const node = (number: number): NodeId => nodeIdFromHash(new Uint8Array(32).fill(number >>> 8).fill(number & 255, 16))

test('of the positions in the journals of very many nodes the latest are remembered', () => {
  const cursors = new Cursors()
  for (let number = 0; number < 2000; number++) {
    cursors.set(node(number), { epoch: 1, sequence: number })
    cursors.set(node(0), { epoch: 1, sequence: number })
  }
  expect(cursors.get(node(0))).toEqual({ epoch: 1, sequence: 1999 })
  expect(cursors.get(node(1))).toBeUndefined()
  expect(cursors.get(node(1999))).toBeDefined()
  cursors.clear()
  expect(cursors.get(node(0))).toBeUndefined()
})
