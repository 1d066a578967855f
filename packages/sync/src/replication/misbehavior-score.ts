import type { NodeId } from '@ts2p/protocol'

/** How many nodes' strikes are remembered. */
const nodesMax = 1024

/** How often each node has brought what was forged: a bit may flip once. */
export class MisbehaviorScore {
  readonly #counts = new Map<NodeId, number>()
  readonly #most: number

  /** @param most with how many a node is out */
  constructor(most: number) {
    this.#most = most
  }

  /** One more. @returns whether the node is out */
  addStrike(id: NodeId): boolean {
    const count = (this.#counts.get(id) ?? 0) + 1
    this.#counts.delete(id)
    if (count >= this.#most) return true
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size < nodesMax) break
      this.#counts.delete(oldest)
    }
    this.#counts.set(id, count)
    return false
  }
}
