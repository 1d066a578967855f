import { encodeFrame } from '@ts2p/protocol'
import type { Frame } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

function frameOf(byte: number, length: number): Frame {
  return encodeFrame(new Uint8Array(length).fill(byte))
}

/** Bytes in all. */
function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

test('urgent messages overtake others, and each kind stays in order', () => {
  const outbox = new Outbox()
  const [others, urgent] = [[1, 2, 3].map((byte) => frameOf(byte, 10)), [4, 5, 6].map((byte) => frameOf(byte, 30))]
  for (const frame of others) outbox.add(frame, false)
  for (const frame of urgent) outbox.add(frame, true)
  const taken = Buffer.concat(outbox.dequeue(Number.POSITIVE_INFINITY)).toString('hex')
  expect(taken).toBe(Buffer.concat([...urgent, ...others].flatMap(({ chunks }) => chunks)).toString('hex'))
  expect(outbox.isEmpty).toBe(true)
})

test('payload is taken in pieces, between which control messages go first', () => {
  const outbox = new Outbox()
  for (let index = 0; index < 10; index++) outbox.add(frameOf(7, 1000), false)
  const first = lengthOf(outbox.dequeue(2500))
  outbox.add(frameOf(7, 5), true)
  const before = outbox.bytes
  const second = outbox.dequeue(1)
  expect(first).toBeGreaterThanOrEqual(2500)
  expect(lengthOf(second)).toBeLessThan(50)
  expect(outbox.bytes).toBe(before - lengthOf(second))
})
