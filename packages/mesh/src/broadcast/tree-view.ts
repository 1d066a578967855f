import type { NodeId } from '@ts2p/protocol'
import type { Origin } from './origins.ts'
import type { TreeLink } from './tree.ts'

/** A node's place in the tree by which the messages of one origin spread, at the moment of asking. */
export interface TreeView {
  /** Whose messages they are. A node that was started again is there once for each run that is remembered. */
  readonly origin: NodeId
  /** The neighbour by which they come; undefined for this node's own, and after its link was lost. */
  readonly parent: NodeId | undefined
  /** The neighbours to which they go on at once. */
  readonly eager: readonly NodeId[]
  /** The neighbours that are only told that they came, and ask for what they miss. */
  readonly lazy: readonly NodeId[]
}

/** What the tree of an origin makes of the links that there are. */
export function viewTree<L extends TreeLink & { readonly id: NodeId }>(
  origin: Origin<L>,
  links: Iterable<L>,
): TreeView {
  const lazy = [...links].filter((link) => link !== origin.parent && !origin.eager.includes(link))
  return {
    origin: origin.id,
    parent: origin.parent?.id,
    eager: origin.eager.map(({ id }) => id),
    lazy: lazy.map(({ id }) => id),
  }
}
