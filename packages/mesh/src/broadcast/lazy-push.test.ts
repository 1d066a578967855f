import type { Connection } from '@ts2p/base'
import { decodeIWant, nodeIdFromHash } from '@ts2p/protocol'
import type { OutgoingEnvelope, SequenceRange } from '@ts2p/protocol'
import { Simulation } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { LazyPush } from './lazy-push.ts'
import { Sources } from './sources.ts'
import { createCounters } from '../mesh-metrics.ts'

/** A node that has received nothing, and one link. */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const { environment } = simulation.host('a')
  const asked: number[] = []
  let charged = 0
  const id = nodeIdFromHash(new Uint8Array(32).fill(255))
  const link = {
    id,
    charge: (microseconds: number) => void (charged += microseconds),
    // The first byte of each source that it is asked for.
    send: ({ flag, payload }: OutgoingEnvelope) => {
      if (flag === 'resend') asked.push(...decodeIWant(payload).ranges.map(({ source }) => source[0] ?? 0))
    },
  }
  const from: Partial<Connection> = link
  const links = new Map([[id, from as Connection]])
  const lazyPush = new LazyPush({
    ...{ environment, counters: createCounters(), links: () => links, memberForMs: () => 0 },
    sources: new Sources<Connection>({ sourcesMax: 10_000, key: new Uint8Array(32), epoch: 1 }),
  })
  const announce = (...sources: number[]): void => lazyPush.onIHave(from as Connection, sources.map(rangeOf))
  return { simulation, asked, announce, total: () => charged }
}

function rangeOf(source: number): SequenceRange {
  return { source: new Uint8Array(32).fill(source), epoch: 1, first: 1, last: 1, hops: 1, ageMs: 1 }
}

test('an announcement makes this node ask for what it names; what else is missing waits for the timer', () => {
  const { simulation, asked, announce } = start()
  // Of a source without a parent everything is asked for at once.
  announce(1)
  expect(asked).toEqual([1])
  announce(1)
  // Here the neighbor is due to be asked again, and the timer has not seen it yet.
  simulation.runFor(400)
  announce(2)
  expect(asked).toEqual([1, 2])
  simulation.runFor(130)
  expect(asked).toEqual([1, 2, 1])
})

test('sources that were not known are charged more than those that were', () => {
  const { announce, total } = start()
  announce(1, 2, 3)
  const first = total()
  expect(first).toBeGreaterThan(0)
  announce(1, 2, 3)
  expect(total() - first).toBeGreaterThan(0)
  expect(total() - first).toBeLessThan(first / 2)
})
