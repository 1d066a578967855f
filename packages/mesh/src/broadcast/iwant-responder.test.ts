import type { Connection } from '@ts2p/base'
import { openEnd } from '@ts2p/protocol'
import { Simulation } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { MessageCache } from './message-cache.ts'
import { Sources } from './sources.ts'
import { IWantResponder } from './iwant-responder.ts'
import { gapsMax } from './sequence-set.ts'
import type { Range } from './sequence-set.ts'
import { graft, skipCongested } from './tree.ts'

/** A node that keeps its own broadcasts of 300 kB, and one link. */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const { environment } = simulation.host('a')
  let charged = 0
  const link = {
    ...{ id: 'b', isCongested: false, queuedBytes: 0, traffic: { sentBytes: 0, receivedBytes: 0 } },
    charge: (microseconds: number) => void (charged += microseconds),
  }
  const from = link as Connection
  const sources = new Sources<Connection>({ sourcesMax: 4, key: new Uint8Array(32), epoch: 1 })
  const { own } = sources
  const sent: number[] = []
  const reported: string[] = []
  const iwantResponder = new IWantResponder({
    ...{ environment, sources },
    send: (_, { first }) => void sent.push(first),
    report: (kind) => void reported.push(kind),
    onSettled: () => undefined,
  })
  const kept = new MessageCache<Connection>({
    ...{ bytesMax: 100_000_000, ageMsMax: 60_000 },
    onEvicted: (source, broadcast) => iwantResponder.onEvicted(source, broadcast),
  })
  graft(own, from)
  const broadcast = (...sequences: number[]): void => {
    for (const first of sequences) {
      const range = { first, last: first }
      const payload = new Uint8Array(300_000)
      skipCongested(own, range)
      kept.add(own, {
        ...{ ...range, flag: 'broadcast', channel: 0, payload, compressed: undefined, hops: 0 },
        receivedAt: environment.monotonicNow(),
      })
    }
  }
  const askFor = (sequences: readonly Range[]): void => {
    const ranges = sequences.map((range) => ({ source: own.key, epoch: 1, ...range, hops: 0, ageMs: 0 }))
    iwantResponder.onIWant(from, { ranges, ageMsMax: 1_000_000, isEverything: false })
  }
  const ask = (first: number, last: number): void => askFor([{ first, last }])
  const total = () => charged
  const missed = () => own.missed.get(from)?.ranges
  return { simulation, link, from, own, sent, reported, iwantResponder, kept, broadcast, ask, askFor, missed, total }
}

test('of 4,096 ranges of one source few are served, as many as an honest node asks for, and all of that is charged', () => {
  const { sent, missed, broadcast, askFor, total } = start()
  broadcast(...Array.from({ length: 50 }, (_, index) => index + 1))
  askFor(Array.from({ length: 4096 }, (_, index) => ({ first: (index % 50) + 1, last: (index % 50) + 1 })))
  expect([sent, missed()]).toEqual([[1, 2, 3, 4], [{ first: 5, last: gapsMax + 2 }]])
  const [first, kibibytes] = [total(), (4 * 300_000) / 1024]
  // Its own messages, which are compressed anew.
  expect(first).toBeGreaterThan(kibibytes * 20)
  expect(first).toBeLessThan(kibibytes * 60)
  askFor([{ first: 1, last: 4 }])
  expect(total()).toBeGreaterThan(first * 1.9)
})

test('a request of some messages does not hide that later ones are missed, and ends that the link is left out', () => {
  const { link, from, own, reported, kept, broadcast, ask, missed } = start()
  link.isCongested = true
  broadcast(1, 2, 3, 4)
  link.isCongested = false
  ask(1, 2)
  expect([missed(), own.eager]).toEqual([[{ first: 3, last: 4 }], [from]])
  kept.trim(100_000)
  expect(reported).toEqual(['slow-neighbor', 'slow-neighbor'])
})

test('what is sent while the rest of an answer is still to be asked for is not missed', () => {
  const { link, from, own, sent, reported, kept, broadcast, ask, missed } = start()
  link.isCongested = true
  broadcast(1, 2, 3, 4, 5, 6)
  link.isCongested = false
  ask(1, openEnd)
  expect(sent).toEqual([1, 2, 3, 4])
  expect(missed()).toEqual([{ first: 5, last: 6 }])
  broadcast(7)
  expect(own.eager).toEqual([from])
  ask(5, 6)
  expect([sent, missed()]).toEqual([[1, 2, 3, 4, 5, 6], undefined])
  kept.trim(100_000)
  expect(reported).toEqual([])
})

test('a neighbor that does not ask for what it missed once its link took the announcement is sent the next messages', () => {
  const { simulation, link, from, own, reported, iwantResponder, kept, broadcast, missed } = start()
  link.isCongested = true
  broadcast(1)
  link.isCongested = false
  link.traffic.sentBytes = 1000
  link.queuedBytes = 500
  iwantResponder.expect(from)
  // It asks for messages of other nodes only.
  iwantResponder.onIWant(from, { ranges: [], ageMsMax: 1_000_000, isEverything: false })
  // Other traffic keeps the link busy.
  link.traffic.sentBytes = 1400
  simulation.runFor(60_000)
  expect([missed(), own.eager]).toEqual([[{ first: 1, last: 1 }], []])
  link.traffic.sentBytes = 1500
  simulation.runFor(4000)
  expect(missed()).toBeDefined()
  simulation.runFor(3000)
  expect([missed(), own.eager]).toEqual([undefined, [from]])
  kept.trim(100_000)
  expect(reported).toEqual([])
})

test('a request that a congested link could not be sent an answer to is waited for until the messages are announced anew', () => {
  const { simulation, link, from, sent, iwantResponder, broadcast, ask, missed } = start()
  link.isCongested = true
  broadcast(1)
  link.isCongested = false
  iwantResponder.expect(from)
  link.isCongested = true
  ask(1, openEnd)
  link.isCongested = false
  simulation.runFor(60_000)
  expect([sent, missed()]).toEqual([[], [{ first: 1, last: 1 }]])
  iwantResponder.expect(from)
  simulation.runFor(10_000)
  expect(missed()).toBeUndefined()
})
