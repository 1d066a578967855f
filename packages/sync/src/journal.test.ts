import { nodeIdFromHash } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Cursors } from './cursors.ts'
import { Journal } from './journal.ts'

/** A journal whose epochs are 1, 2, 3 … */
function createJournal(): Journal {
  let epoch = 0
  return new Journal(() => (epoch += 1))
}

test('a journal tells the keys that have changed since a position, each once', () => {
  const journal = createJournal()
  journal.note('a')
  const { position } = journal
  expect(journal.since(position)).toEqual(new Set())
  for (const key of ['b', 'a', 'b']) journal.note(key)
  expect(journal.since(position)).toEqual(new Set(['b', 'a']))
  expect(journal.position).toEqual({ epoch: 1, sequence: 4 })
})

test('it knows nothing of another journal, of what is to come, and of what was too long ago', () => {
  const journal = createJournal()
  const first = journal.position
  journal.note('a')
  const second = journal.position
  expect(journal.since({ epoch: 2, sequence: 0 })).toBeUndefined()
  expect(journal.since({ epoch: 1, sequence: 2 })).toBeUndefined()
  for (let change = 0; change < 200_000; change++) journal.note(`key ${change % 10}`)
  expect(journal.since(first)).toBeUndefined()
  expect(journal.since(second)).toBeUndefined()
  expect(journal.since({ epoch: 1, sequence: 200_001 - 65_536 })?.size).toBe(10)
  journal.begin()
  expect(journal.position).toEqual({ epoch: 2, sequence: 0 })
  expect(journal.since({ epoch: 1, sequence: 200_001 })).toBeUndefined()
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
