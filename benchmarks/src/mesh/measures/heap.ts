import type { Figures } from '../../running/case.ts'
import { bytesInUse } from '../../measures/bytes-in-use.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { MeshSubject } from '../network/mesh-node.ts'
import { createNetwork } from '../network/network.ts'

/** Memory of a linked node that nobody sends anything: heap, and array buffers outside of it. */
export async function measureHeap(subject: MeshSubject, spec: MeshCase): Promise<Figures> {
  // Two that are linked, first, so that what there is only once is there.
  const first = await createNetwork(subject, { ...spec, nodes: 2 })
  const before = await bytesInUse()
  const network = await createNetwork(subject, spec)
  const bytes = (await bytesInUse()) - before
  // Used once more, so that none is let go before.
  const links = network.reduce((sum, node) => sum + node.links(), 0) / network.length
  return { kibPerNode: bytes / network.length / 1024, links, firstLinks: first[0]?.links() ?? 0 }
}
