import type { Address, NodeId } from '@ts2p/protocol'
import type { Candidate } from './membership.ts'

interface Entry {
  addresses: readonly Address[]
  /** Not dialled before, monotonic milliseconds. */
  dueAt: number
}

/** How long a node that could not be reached is left alone, milliseconds. */
const restMs = 60_000

/** The nodes known and where they can be dialled, at most so many: whoever was heard of longest ago is forgotten first. */
export class AddressBook {
  readonly #nodesMax: number
  readonly #nodes = new Map<NodeId, Entry>()

  constructor(nodesMax = 256) {
    this.#nodesMax = nodesMax
  }

  learn(id: NodeId, addresses: readonly Address[]): void {
    if (addresses.length === 0) return
    const dueAt = this.#nodes.get(id)?.dueAt ?? 0
    this.#nodes.delete(id)
    this.#nodes.set(id, { addresses, dueAt })
    const [oldest] = this.#nodes.keys()
    if (this.#nodes.size > this.#nodesMax && oldest !== undefined) this.#nodes.delete(oldest)
  }

  /** The node at an address could not be reached: leave it alone for a minute. */
  rest(address: Address, now: number): void {
    for (const entry of this.#nodes.values()) {
      if (entry.addresses.some(({ host, port }) => host === address.host && port === address.port))
        entry.dueAt = now + restMs
    }
  }

  /** The nodes that may be dialled now. */
  candidates(now: number): Candidate[] {
    return [...this.#nodes].filter(([, { dueAt }]) => dueAt <= now).map(([id, { addresses }]) => ({ id, addresses }))
  }
}
