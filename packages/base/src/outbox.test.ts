import { OutgoingEnvelope } from '@ts2p/protocol'
import type { Flag } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

function add(outbox: Outbox, flag: Flag, length: number): void {
  outbox.add(flag, new OutgoingEnvelope(flag, new Uint8Array(length).fill(7)).frame(false))
}

/** Bytes in all. */
function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

test('control messages overtake payload, and each kind stays in order', () => {
  const control = ['ping', 'pong', 'notify', 'resend', 'prune', 'peers', 'acknowledge', 'handshake'] as const
  const payload = ['broadcast', 'store', 'whisper', 'forward', 'retrieve', 'retrieved', 'ask', 'receipt'] as const
  const outbox = new Outbox()
  const frameOf = (flag: Flag, length: number): string =>
    Buffer.concat(new OutgoingEnvelope(flag, new Uint8Array(length).fill(7)).frame(false).chunks).toString('hex')
  payload.forEach((flag, index) => add(outbox, flag, 10 + index))
  control.forEach((flag, index) => add(outbox, flag, 30 + index))
  const taken = Buffer.concat(outbox.take(Number.POSITIVE_INFINITY)).toString('hex')
  expect(taken).toBe(
    [
      ...control.map((flag, index) => frameOf(flag, 30 + index)),
      ...payload.map((flag, index) => frameOf(flag, 10 + index)),
    ].join(''),
  )
  expect(outbox.isEmpty).toBe(true)
})

test('payload is taken in pieces, between which control messages go first', () => {
  const outbox = new Outbox()
  for (let index = 0; index < 10; index++) add(outbox, 'forward', 1000)
  const first = lengthOf(outbox.take(2500))
  add(outbox, 'acknowledge', 5)
  const before = outbox.bytes
  const second = outbox.take(1)
  expect(first).toBeGreaterThanOrEqual(2500)
  expect(lengthOf(second)).toBeLessThan(50)
  expect(outbox.bytes).toBe(before - lengthOf(second))
})
