import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../running/until.ts'
import type { BenchNode, MeshSubject } from './mesh-node.ts'
import { edgesOf } from './wiring.ts'

const linkTimeoutMs = 60_000

/** Nodes in this process, linked, and at rest. The first is the one that sends. */
export async function createNetwork(
  subject: MeshSubject,
  { nodes, seed }: { readonly nodes: number; readonly seed: number },
): Promise<readonly BenchNode[]> {
  const network: BenchNode[] = []
  for (let index = 0; index < nodes; index += 1) network.push(await subject.create({ isListening: true }))
  const edges = edgesOf(subject.wiring, nodes, seed)
  for (const [from, to] of edges) await network[from]?.connect(network[to]?.port ?? 0)
  await until(
    'the nodes are linked',
    () => network.every((node, index) => node.links() >= edges.filter((edge) => edge.includes(index)).length),
    linkTimeoutMs,
  )
  await delay(subject.settleMs)
  return network
}
