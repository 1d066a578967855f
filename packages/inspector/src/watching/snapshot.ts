import { latestTrees } from './link-answers.ts'
import type { Inspected } from '../inspected.ts'
import type { LinkView, Snapshot } from '../wire.ts'

/** How a node is now, but for what must be watched. */
export function snapshotOf(node: Inspected, watched: Pick<Snapshot, 'now' | 'others' | 'delays'>): Snapshot {
  const { rss, heapUsed } = process.memoryUsage()
  return {
    kind: 'snapshot',
    ...watched,
    metrics: node.metrics(),
    memory: { residentBytes: rss, heapBytes: heapUsed },
    keys: node.size ?? null,
    links: linksOf(node),
    trees: latestTrees(node, 64),
  }
}

function linksOf({ routingTable }: Inspected): LinkView[] {
  return [...(routingTable?.values() ?? [])].map(({ id, remote, direction, traffic, queuedBytes }) => ({
    ...{ id, remote, direction, queuedBytes },
    ...traffic,
  }))
}
