import type { FaultRow } from '../../row.ts'
import { randomOf, runCases, unless } from '../../support/cases/case-loop.ts'
import type { CaseResult } from '../../support/cases/case-loop.ts'
import { createNetwork, pass, passUntil } from '../../support/nodes/simulated-nodes.ts'
import { startSwarm } from '../../support/nodes/sync-swarm.ts'
import type { SyncNode } from '../../support/nodes/sync-swarm.ts'

const nodeCount = 500
const writes = 10
/** How soon nearly all nodes have a write, and two periods of anti-entropy, milliseconds. */
const [soonMs, repairedMs] = [3000, 60_000]
const shareSoon = 0.999

/** Neighbors that hear everything and pass nothing on. */
export const silentNeighbors: FaultRow = {
  name: 'silent-neighbors',
  fault: '100 of 500 nodes hear everything and say nothing, though their links stay.',
  mustHold: 'A write reaches 99.9 % of the others within 3 s, and all of them by anti-entropy.',
  wanted: 20,
  unit: 'networks of 500 nodes with 10 writes',
  figure: '% of nodes missed within 3 s',
  open: () => ({ slice: (from, until) => runCases(from, until, runNetwork) }),
}

async function runNetwork(index: number): Promise<CaseResult> {
  const random = randomOf(index)
  const network = createNetwork(index + 1, { latencyMs: [10, 50], isSteady: true })
  const nodes = await startSwarm(network, { size: nodeCount, random })
  await pass(network, 20_000)
  const speaking = nodes.filter((_, at) => at % 5 !== 4)
  const [writer] = speaking
  if (!writer) throw new Error('There are no nodes.')
  // The trees by which writes spread are there.
  for (let count = 0; count < 3; count += 1) {
    writer.socket.set('before', `${count}`)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await pass(network, 500)
  }
  for (const node of nodes) if (!speaking.includes(node)) network.silence(node.host, true)
  const reachable = reachableFrom(writer, speaking)
  let [soon, expected] = [0, 0]
  for (let count = 0; count < writes; count += 1) {
    writer.socket.set(`key ${count}`, `value ${count}`)
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, soonMs)
    soon += reachable.filter(({ socket }) => socket.has(`key ${count}`)).length
    expected += reachable.length
  }
  const hasAll = ({ socket }: SyncNode): boolean =>
    Array.from({ length: writes }, (_, count) => socket.has(`key ${count}`)).every(Boolean)
  const isRepaired = await passUntil(network, () => reachable.every(hasAll), repairedMs, 1000)
  const share = soon / expected
  return {
    figure: 100 * (1 - share),
    violations: [
      ...unless(reachable.length > nodeCount / 2, `Only ${reachable.length} nodes can be reached.`),
      ...unless(share >= shareSoon, `${(100 * share).toFixed(2)} % of nodes had a write within 3 s.`),
      ...unless(
        isRepaired,
        `${reachable.filter((node) => !hasAll(node)).length} nodes lack a write after ${repairedMs} ms.`,
      ),
    ],
  }
}

/** Those of the speaking nodes to which links lead over others of them: nobody else can say anything to them. */
function reachableFrom(writer: SyncNode, speaking: readonly SyncNode[]): SyncNode[] {
  const byId = new Map(speaking.map((node) => [node.socket.id, node]))
  const found = new Set([writer])
  for (const node of found) {
    for (const id of node.socket.routingTable?.keys() ?? []) {
      const next = byId.get(id)
      if (next) found.add(next)
    }
  }
  return [...found]
}
