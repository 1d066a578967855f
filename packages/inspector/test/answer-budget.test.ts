import { expect, test } from 'vitest'
import { systemEnvironment } from '@ts2p/base'
import { nodeIdFromHash } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import { PeerPoller } from '../src/watching/peer-poller.ts'
import type { AskingNode } from '../src/watching/peer-poller.ts'
import { linksType } from '../src/watching/link-answers.ts'

const encoder = new TextEncoder()
const idOf = (number: number): NodeId => nodeIdFromHash(new Uint8Array(32).fill(255).with(0, number))

test('127 nodes that answer with as much as they may make a snapshot of less than a megabyte; an honest one is whole', async () => {
  const ids = Array.from({ length: 128 }, (_, index) => idOf(index))
  const trees = ids.slice(0, 32).map((source) => ({ source, parent: source, eager: ids, lazy: ids }))
  const [honest = idOf(0), ...liars] = ids
  const small = { links: liars.slice(0, 8), trees: [{ source: honest, eager: liars.slice(0, 8), lazy: [] }] }
  const answerOf = (id: NodeId): string => JSON.stringify(id === honest ? small : { links: ids, trees })
  const asked: NodeId[] = []

  // It has heard of 128 others, each of which answers.
  const node: AskingNode = {
    id: idOf(200),
    routingTable: undefined,
    trees: () => [idOf(200), ...ids].map((source) => ({ source, parent: undefined, eager: [], lazy: [] })),
    request: (id) => {
      asked.push(id)
      return Promise.resolve({ packets: [linksType, answerOf(id)].map((packet) => encoder.encode(packet)) })
    },
    registerHandler: () => undefined,
    sendTo: () => Promise.resolve(),
    observeDeliveries: () => () => undefined,
  }
  let now = 0
  const peerPoller = new PeerPoller({
    node,
    environment: { ...systemEnvironment(), monotonicNow: () => now },
    onPropagation: () => undefined,
  })
  for (let round = 0; round < 16; round += 1) {
    peerPoller.look()
    await new Promise((resolve) => setImmediate(resolve))
    now += 1
  }
  expect(new Set(asked).size).toBe(128)
  expect(answerOf(liars[0] ?? honest).length * 127).toBeGreaterThan(45e6)
  const { others } = peerPoller
  expect(JSON.stringify(others).length).toBeLessThan(1e6)
  expect(others.find(({ id }) => id === honest)).toEqual({ id: honest, ...small })
  expect(others.length).toBe(128)
  peerPoller.close()
}, 60_000)
