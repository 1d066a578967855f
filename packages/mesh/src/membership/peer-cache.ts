import type { Address, NodeId } from '@ts2p/protocol'

/** A node, and where it can be dialed. */
export interface CachedPeer {
  readonly id: NodeId
  readonly addresses: readonly Address[]
}

/** Keeps the nodes that were known, so that a node that is started again finds the network without being given an address. */
export interface PeerCache {
  /** The nodes that were saved last; none if nothing was saved. */
  load(): Promise<readonly CachedPeer[]>
  /** Up to 32 nodes, those linked first. Called about twice a minute, while something has changed. */
  save(nodes: readonly CachedPeer[]): void
}

/** How many nodes are saved at most. */
export const cachedPeersMax = 32
