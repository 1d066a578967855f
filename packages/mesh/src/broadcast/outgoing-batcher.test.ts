import { decodeBroadcast } from '@ts2p/protocol'
import { Simulation } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { OutgoingBatcher } from './outgoing-batcher.ts'

/** A node that sends messages of 100 bytes, and the sizes of the broadcasts that have left, in messages, by the millisecond. */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const { environment } = simulation.host('a')
  const left: { readonly atMs: number; readonly messages: number }[] = []
  const own = new OutgoingBatcher({
    ...{ source: new Uint8Array(32), epoch: 1, frameBytesMax: 1_000_000, signer: undefined },
    ...{ environment, now: () => environment.now() },
    spread: ({ payload }) => void left.push({ atMs: simulation.elapsedMs, messages: decodeBroadcast(payload).count }),
  })
  const send = (messages: number): void => {
    for (let message = 0; message < messages; message += 1) own.add([new Uint8Array(100)])
  }
  /** The turn ends. */
  const rest = (delayMs: number): void => simulation.runFor(delayMs)
  return { own, left, send, rest }
}

test('the few messages of a turn leave with its end', () => {
  const { left, send, rest } = start()
  send(3)
  rest(1)
  send(1)
  rest(1)
  expect(left).toEqual([
    { atMs: 0, messages: 3 },
    { atMs: 1, messages: 1 },
  ])
})

test('after a long broadcast the messages of five milliseconds share one', () => {
  const { left, send, rest } = start()
  for (let turn = 0; turn < 5; turn += 1) {
    send(50)
    rest(1)
  }
  rest(10)
  send(50)
  rest(1)
  expect(left).toEqual([
    { atMs: 0, messages: 50 },
    { atMs: 5, messages: 200 },
    { atMs: 15, messages: 50 },
  ])
})

test('a full broadcast does not wait', () => {
  const { left, send, rest } = start()
  send(50)
  rest(1)
  send(700)
  expect(left.map(({ messages }) => messages)).toEqual([50, 606])
  rest(5)
  expect(left.at(-1)).toEqual({ atMs: 6, messages: 94 })
})

test('what is sent at once takes along what waits', () => {
  const { own, left, send, rest } = start()
  send(50)
  rest(1)
  send(2)
  rest(1)
  own.send({ flag: 'request' }, new Uint8Array(1))
  expect(left.slice(1)).toEqual([
    { atMs: 2, messages: 2 },
    { atMs: 2, messages: 1 },
  ])
  rest(10)
  expect(left).toHaveLength(3)
})
