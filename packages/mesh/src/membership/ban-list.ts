import type { NodeId } from '@ts2p/protocol'
import type { PeerTable } from './peer-table.ts'

/** How many banned nodes are remembered at most. A node that makes more identities than that pays a handshake for each. */
const bannedMax = 4096

/** The peers of the table that are not linked: those that the application has disconnected, and for a time those that broke the rules. */
export class BanList {
  readonly #table: PeerTable
  readonly #now: () => number
  /** The banned nodes, in the order in which they were banned. */
  readonly #order = new Set<NodeId>()

  /** @param options.now monotonic milliseconds */
  constructor(options: { table: PeerTable; now: () => number }) {
    this.#table = options.table
    this.#now = options.now
  }

  has(id: NodeId): boolean {
    const { isDisconnected, bannedUntil = 0 } = this.#table.peer(id)
    return isDisconnected || bannedUntil > this.#now()
  }

  /** The application has disconnected this node. */
  disconnect(id: NodeId): void {
    this.#table.updatePeer(id, { isDisconnected: true })
  }

  /** Bans a node for `forMs` milliseconds from now on. When there are too many bans, the oldest is lifted. */
  ban(id: NodeId, forMs: number): void {
    this.#table.updatePeer(id, { bannedUntil: this.#now() + forMs })
    this.#order.delete(id)
    this.#order.add(id)
    const [oldest] = this.#order
    if (this.#order.size > bannedMax && oldest !== undefined) this.#lift(oldest)
  }

  /** The application asks for this node again. @returns whether the node was on the list */
  forgive(id: NodeId | undefined): boolean {
    if (id === undefined) return false
    const { isDisconnected, bannedUntil } = this.#table.peer(id)
    this.#table.updatePeer(id, { isDisconnected: false })
    this.#lift(id)
    return isDisconnected || bannedUntil !== undefined
  }

  ids(): ReadonlySet<NodeId> {
    const now = this.#now()
    const ids = new Set<NodeId>()
    for (const [id, { isDisconnected, bannedUntil = 0 }] of this.#table.peers())
      if (isDisconnected || bannedUntil > now) ids.add(id)
    return ids
  }

  #lift(id: NodeId): void {
    this.#order.delete(id)
    this.#table.updatePeer(id, { bannedUntil: undefined })
  }
}
