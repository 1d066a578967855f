import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReceiveWindow } from './receive-window.ts'
import { SendWindow } from './send-window.ts'
import type { OutgoingMessage } from './send-window.ts'

function message(bytes = 100, answers?: { epoch: number; sequence: number }): OutgoingMessage {
  const kind = answers ? ('answer' as const) : ('message' as const)
  return {
    packets: [new Uint8Array(0)],
    bytes,
    kind,
    answers,
    onAcknowledged: () => undefined,
    onFailed: () => undefined,
  }
}

function newWindow(payloadBytesMax = 1024 * 1024): SendWindow {
  return new SendWindow({ epoch: 1, payloadBytesMax })
}

const sequences = (batch: readonly { sequence: number }[]): number[] => batch.map(({ sequence }) => sequence)
const upTo = (sequence: number, ...ranges: { first: number; last: number }[]) => ({ epoch: 1, upTo: sequence, ranges })

test('consecutive messages leave together, up to 64 KiB; a longer one leaves alone', () => {
  const window = newWindow()
  for (const bytes of [30_000, 30_000, 30_000, 500_000, 10]) window.add(message(bytes))
  expect([1, 2, 3, 4].map(() => sequences(window.nextToSend(0)))).toEqual([[1, 2], [3], [4], [5]])
  expect([window.nextToSend(0), window.hasUnderWay, window.oldest, window.next]).toEqual([[], true, 1, 6])
})

test('at most a window of 1 MiB and a message are under way, and room comes with acknowledgments', () => {
  const window = newWindow()
  for (let index = 0; index < 10; index++) window.add(message(600_000))
  expect([window.nextToSend(0), window.nextToSend(0), window.nextToSend(0)].map(sequences)).toEqual([[1], [2], []])
  expect(window.acknowledge(upTo(1), 50, 100)).toMatchObject({ messages: [{ sequence: 1 }], roundTripMs: 50 })
  expect(sequences(window.nextToSend(50))).toEqual([3])
})

test('answers to requests of two streams do not share a frame', () => {
  const window = newWindow()
  for (const epoch of [7, 7, 8]) window.add(message(10, { epoch, sequence: 1 }))
  expect([sequences(window.nextToSend(0)), sequences(window.nextToSend(0))]).toEqual([[1, 2], [3]])
})

test('a message is lost when one that was sent well after it has arrived, and sent again first', () => {
  const window = newWindow()
  for (const now of [0, 20, 100]) {
    window.add(message())
    window.nextToSend(now)
  }
  window.add(message())
  expect(window.acknowledge(upTo(0, { first: 3, last: 3 }), 150, 100).roundTripMs).toBe(50)
  expect(sequences(window.nextToSend(150))).toEqual([1, 2])
  expect(sequences(window.nextToSend(150))).toEqual([4])
  // It is unknown which copy has arrived.
  expect(window.acknowledge(upTo(1), 200, 100).roundTripMs).toBeUndefined()
})

test('a congested relay halves the window once, and makes it rest', () => {
  const window = newWindow()
  for (let index = 0; index < 20; index++) window.add(message(100_000))
  while (window.nextToSend(0).length > 0);
  window.onCongested({ first: 1, count: 11 }, 0, 500)
  expect([window.nextToSend(499), window.restUntil]).toEqual([[], 500])
  let count = 0
  while (window.nextToSend(500).length > 0) count += 1
  expect(count).toBe(6)
})

test('what is sent again after a time-out may exceed a window that has been halved since', () => {
  const window = newWindow()
  for (let index = 0; index < 20; index++) window.add(message(100_000))
  while (window.nextToSend(0).length > 0);
  window.onCongested({ first: 11, count: 1 }, 0, 500)
  window.markOldestLost()
  expect([sequences(window.nextToSend(500)), window.nextToSend(500)]).toEqual([[1], []])
})

test('messages leave together as far as they fit into a frame', () => {
  const window = newWindow(1000)
  for (const bytes of [400, 600, 100]) window.add(message(bytes))
  expect([sequences(window.nextToSend(0)), sequences(window.nextToSend(0))]).toEqual([[1, 2], [3]])
})

test('what was never sent, or has been acknowledged, cannot be acknowledged', () => {
  const window = newWindow()
  window.add(message())
  window.nextToSend(0)
  window.add(message())
  expect(sequences(window.acknowledge(upTo(4_000_000_000), 1, 1).messages)).toEqual([1])
  expect(window.acknowledge(upTo(1), 1, 1).messages).toEqual([])
  expect(sequences(window.nextToSend(1))).toEqual([2])
  expect([window.isEmpty, sequences(window.clear()), window.isEmpty, window.hasUnderWay]).toEqual([
    false,
    [2],
    true,
    false,
  ])
})

test('each message arrives once and is acknowledged once, whatever is lost and however often the time is out', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), bytes: fc.integer({ min: 1, max: 200_000 }) }),
    fc.record({ kind: fc.constant('send' as const), isLost: fc.boolean() }),
    fc.record({
      kind: fc.constantFrom('acknowledge' as const, 'time-out' as const, 'route-lost' as const, 'drop' as const),
    }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const window = newWindow()
      const received = new ReceiveWindow(1, 1)
      const delivered: number[] = []
      const acknowledged: number[] = []
      let now = 0
      const receive = (batch: readonly { sequence: number }[]): void => {
        received.forgo(window.oldest)
        for (const { sequence } of batch) if (received.add(sequence)) delivered.push(sequence)
      }
      const acknowledge = (): void => {
        acknowledged.push(...sequences(window.acknowledge(received.acknowledgment, now, 10).messages))
      }
      for (const each of steps) {
        now += 7
        if (each.kind === 'add') window.add(message(each.bytes))
        if (each.kind === 'send') {
          const batch = window.nextToSend(now)
          if (!each.isLost) receive(batch)
        }
        if (each.kind === 'acknowledge') acknowledge()
        if (each.kind === 'time-out') window.markOldestLost()
        if (each.kind === 'route-lost') window.markAllLost()
        if (each.kind === 'drop') window.onCongested({ first: window.oldest, count: 3 }, now, 20)
      }
      // The way is clear from here on.
      for (let round = 0; round < 200 && !window.isEmpty; round++) {
        now += 1000
        window.markAllLost()
        receive(window.nextToSend(now))
        acknowledge()
      }
      const all = Array.from({ length: window.next - 1 }, (_, index) => index + 1)
      expect([window.isEmpty, window.hasUnderWay, window.oldest]).toEqual([true, false, window.next])
      expect(delivered.toSorted((a, b) => a - b)).toEqual(all)
      expect(acknowledged.toSorted((a, b) => a - b)).toEqual(all)
    }),
  )
})
