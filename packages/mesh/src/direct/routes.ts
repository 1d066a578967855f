import type { Connection } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'

/** Most routes remembered. */
const routesMax = 4096

/** By which link to reach a node: its own, or that of the neighbor that first brought something of it. */
export class Routes {
  readonly #linked: (id: NodeId) => Connection | undefined
  /** By targets, those first from which nothing has come for longest. */
  readonly #neighbors = new Map<NodeId, NodeId>()

  constructor(linked: (id: NodeId) => Connection | undefined) {
    this.#linked = linked
  }

  /** The link that leads to a node; undefined: no route is known. */
  linkTo(target: NodeId): Connection | undefined {
    return this.#linked(target) ?? this.#linked(this.#neighbors.get(target) ?? target)
  }

  /** Something of this source came first by this neighbor. */
  learn(source: NodeId, neighbor: NodeId): void {
    this.#neighbors.delete(source)
    this.#neighbors.set(source, neighbor)
    const [oldest] = this.#neighbors.keys()
    if (this.#neighbors.size > routesMax && oldest !== undefined) this.#neighbors.delete(oldest)
  }

  /** A neighbor knows no route to a node. */
  remove(target: NodeId, neighbor: NodeId): void {
    if (this.#neighbors.get(target) === neighbor) this.#neighbors.delete(target)
  }

  /** The link with a neighbor has ended, and with it the routes by it, and to it. */
  removeNeighbor(neighbor: NodeId): void {
    this.#neighbors.delete(neighbor)
    for (const [target, via] of this.#neighbors) if (via === neighbor) this.#neighbors.delete(target)
  }
}
