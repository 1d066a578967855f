import type { Address, NodeId } from '@ts2p/protocol'

/** A node, and where it can be dialled. */
export interface KnownNode {
  readonly id: NodeId
  readonly addresses: readonly Address[]
}

/** Keeps the nodes that were known, so that a node that is started again finds the network without being told an address. */
export interface KnownNodes {
  /** What was saved last; nothing if nothing was. */
  load(): Promise<readonly KnownNode[]>
  /** Up to 32 nodes, those linked first. Called about twice a minute, while something has changed. */
  save(nodes: readonly KnownNode[]): void
}

/** Most nodes that are saved. */
export const savedMax = 32
