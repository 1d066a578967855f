import { Random } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { PeerHints } from './peer-hints.ts'

const at = (port: number) => ({ transport: 'tcp', host: 'hint', port })

test('of a thousand hints the latest 64 are kept, and each is taken once', () => {
  const random = new Random(1)
  const hints = new PeerHints(() => random.float())
  for (let port = 1; port <= 1000; port += 1) hints.add([at(port)])
  expect([hints.dequeue(0), hints.dequeue(-3)]).toEqual([[], []])
  const taken = [...hints.dequeue(1), ...hints.dequeue(1000)].map(({ port }) => port)
  expect(taken).not.toEqual(taken.toSorted((a, b) => a - b))
  expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, index) => 937 + index))
  expect(hints.dequeue(1)).toEqual([])
})
