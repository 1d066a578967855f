import type { MeshSocket } from '@ts2p/mesh'

/** How often a node has reported an issue. */
export function countIssues({ issues }: Pick<MeshSocket, 'issues'>, code: string): number {
  return issues.find((issue) => issue.code === code)?.count ?? 0
}
