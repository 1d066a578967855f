import type { NodeId, Position } from '@ts2p/protocol'

/** Of how many nodes a position is remembered. */
const nodesMax = 1024

/** Up to where in other nodes' journals this node holds all that they held. */
export class Cursors {
  readonly #positions = new Map<NodeId, Position>()

  get(id: NodeId): Position | undefined {
    return this.#positions.get(id)
  }

  /** The node that was heard of least lately is forgotten when there are too many. */
  set(id: NodeId, position: Position): void {
    this.#positions.delete(id)
    this.#positions.set(id, position)
    for (const oldest of this.#positions.keys()) {
      if (this.#positions.size <= nodesMax) break
      this.#positions.delete(oldest)
    }
  }

  /** All of them, the node that was heard of least lately first. */
  entries(): IterableIterator<[NodeId, Position]> {
    return this.#positions.entries()
  }

  /** Nothing is known any more. */
  clear(): void {
    this.#positions.clear()
  }
}
