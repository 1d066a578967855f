import type { Figures } from '../../running/case.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { BenchNode, Copies, MeshSubject } from '../network/mesh-node.ts'
import { createPumpedNetwork } from '../network/pumped-network.ts'

/**
 * Messages of 100 bytes from one node, all in this process: messages per second until every node has every message, and
 * how often a node got each payload meanwhile.
 */
export async function measureThroughput(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  const { pump, nodes, others, tallies } = await createPumpedNetwork(subject, spec)
  const burstRate = await pump.warmUp(spec.seconds)
  const before = copiesOf(others)
  const rate = await pump.run({ seconds: spec.seconds })
  const after = copiesOf(others)
  return {
    burstRate,
    rate,
    ...(before && after ? { copies: 1 + (after.further - before.further) / (after.first - before.first) } : {}),
    links: nodes.reduce((sum, node) => sum + node.links(), 0) / nodes.length,
    twice: tallies.reduce((sum, { twice }) => sum + twice, 0),
  }
}

/** What all nodes together have received; undefined: nobody counts. */
function copiesOf(nodes: readonly BenchNode[]): Copies | undefined {
  let [first, further] = [0, 0]
  for (const node of nodes) {
    const copies = node.copies()
    if (!copies) return undefined
    first += copies.first
    further += copies.further
  }
  return { first, further }
}
