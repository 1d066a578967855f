import { setTimeout as delay } from 'node:timers/promises'
import type { Figures } from '../../running/case.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'
import { RemoteNode } from '../network/remote-node.ts'
import { edgesOf } from '../network/wiring.ts'

const pollMs = 50

/** The same as throughput, each node in a process of its own. */
export async function measureProcesses(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  const others: RemoteNode[] = []
  const reach = (count: number): Promise<readonly Figures[]> =>
    Promise.all(others.map((node) => node.do({ kind: 'reach', count })))
  const sender = new RemoteNode(reach)
  for (let index = 1; index < spec.nodes; index += 1) others.push(new RemoteNode(reach))
  const nodes = [sender, ...others]
  try {
    const created = await Promise.all(nodes.map((node) => node.do({ kind: 'create', subject: spec.subject })))
    const edges = edgesOf(subject.wiring, spec.nodes, spec.seed)
    for (const [from, to] of edges) await nodes[from]?.do({ kind: 'connect', port: created[to]?.['port'] ?? 0 })
    for (const [index, node] of nodes.entries()) {
      const wanted = edges.filter((edge) => edge.includes(index)).length
      while (((await node.do({ kind: 'links' }))['links'] ?? 0) < wanted) await delay(pollMs)
    }
    await delay(subject.settleMs)
    const figures = await sender.do({ kind: 'pump', seconds: spec.seconds })
    const received = await reach(0)
    return { ...figures, twice: received.reduce((sum, { twice = 0 }) => sum + twice, 0) }
  } finally {
    for (const node of nodes) node.end()
  }
}
