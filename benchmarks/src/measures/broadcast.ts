import { setTimeout as delay } from 'node:timers/promises'
import type { Figures } from '../running/case.ts'
import { sampleBytes } from '../running/samples.ts'
import type { MeshNode } from '../subjects/node.ts'
import { until } from '../running/until.ts'
import { Results } from './deliveries.ts'

/** Each node dials so many nodes after it in a ring, so that each has twice as many links: as many as ours want. */
const dialsPerNode = 3
/** Time for nodes that seek more links to find them. */
const settleMs = 1000
const warmUpMessages = 50

/** Messages of 100 bytes to all nodes, from one of them, in one turn: messages per second until every node has them all. */
export async function measureBroadcast(
  count: number,
  nodes: number,
  create: () => Promise<MeshNode>,
): Promise<Figures> {
  const ring: MeshNode[] = []
  for (let index = 0; index < nodes; index += 1) ring.push(await create())
  await link(ring)
  const [sender, ...others] = ring
  const results = new Results(others)
  const warm = results.next(warmUpMessages * others.length)
  sendAll(sender, 0, warmUpMessages)
  await warm
  const received = results.next(count * others.length)
  const startedAt = performance.now()
  sendAll(sender, warmUpMessages, count)
  await received
  const seconds = (performance.now() - startedAt) / 1000
  return { rate: count / seconds, links: ring.reduce((sum, node) => sum + node.links(), 0) / nodes }
}

async function link(ring: readonly MeshNode[]): Promise<void> {
  // Of two nodes one dials: a dial from both sides at once leaves js2p without a link.
  const dials = Math.min(dialsPerNode, Math.floor(ring.length / 2))
  for (const [index, node] of ring.entries()) {
    const next = Array.from(
      { length: ring.length === 2 ? 1 - index : dials },
      (_, step) => ring[(index + 1 + step) % ring.length],
    )
    for (const other of next) await node.connect(other?.port ?? 0)
  }
  const links = Math.min(2 * dials, ring.length - 1)
  await until('the nodes are linked', () => ring.every((node) => node.links() >= links))
  await delay(settleMs)
}

/** Sends messages numbered from `first` on, all in one turn. */
function sendAll(sender: MeshNode | undefined, first: number, count: number): void {
  for (let number = first; number < first + count; number += 1) {
    const packet = sampleBytes()
    new DataView(packet.buffer).setUint32(0, number)
    sender?.send(packet)
  }
}
