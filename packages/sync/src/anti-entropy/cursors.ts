import type { NodeId, JournalPosition } from '@ts2p/protocol'

/** The number of nodes of which a position is stored, at most. */
const nodesMax = 1024

/** For each other node, the position of its journal up to which this node holds all that it held. */
export class Cursors {
  readonly #positions = new Map<NodeId, JournalPosition>()

  get(id: NodeId): JournalPosition | undefined {
    return this.#positions.get(id)
  }

  /** Stores a position. If there are too many, drops that of the node whose position was stored the longest time ago. */
  set(id: NodeId, position: JournalPosition): void {
    this.#positions.delete(id)
    this.#positions.set(id, position)
    for (const oldest of this.#positions.keys()) {
      if (this.#positions.size <= nodesMax) break
      this.#positions.delete(oldest)
    }
  }

  /** All positions, the one that was stored the longest time ago first. */
  entries(): IterableIterator<[NodeId, JournalPosition]> {
    return this.#positions.entries()
  }

  /** Drops all positions. */
  clear(): void {
    this.#positions.clear()
  }
}
