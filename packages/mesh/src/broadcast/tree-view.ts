import type { NodeId } from '@ts2p/protocol'
import type { Source } from './sources.ts'
import type { TreeLink } from './tree.ts'

/** A node's place in the tree by which the messages of one source spread, at the moment of asking. */
export interface TreeView {
  /** Whose messages they are. A node that was started again is there once for each run that is remembered. */
  readonly source: NodeId
  /** The neighbor by which they come; undefined for this node's own, and after its link was lost. */
  readonly parent: NodeId | undefined
  /** The neighbors to which they go on at once. */
  readonly eager: readonly NodeId[]
  /** The neighbors that are only told that they came, and ask for what they miss. */
  readonly lazy: readonly NodeId[]
}

/** What the tree of a source makes of the links that there are. */
export function viewTree<L extends TreeLink & { readonly id: NodeId }>(
  source: Source<L>,
  links: Iterable<L>,
): TreeView {
  const lazy = [...links].filter((link) => link !== source.parent && !source.eager.includes(link))
  return {
    source: source.id,
    parent: source.parent?.id,
    eager: source.eager.map(({ id }) => id),
    lazy: lazy.map(({ id }) => id),
  }
}
