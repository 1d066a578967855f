import type { NodeId } from '@ts2p/protocol'

/** How many banned nodes are remembered at most. Whoever makes more identities than that pays a handshake for each. */
const bannedMax = 4096

/** The nodes that are not linked: those that the application has disconnected, and for a time those that broke the rules. */
export class BanList {
  readonly #now: () => number
  readonly #banMs: number
  readonly #disconnected = new Set<NodeId>()
  /** In the order in which the nodes were banned. */
  readonly #bannedUntil = new Map<NodeId, number>()

  constructor(options: { now: () => number; banMs: number }) {
    this.#now = options.now
    this.#banMs = options.banMs
  }

  has(id: NodeId): boolean {
    return this.#disconnected.has(id) || (this.#bannedUntil.get(id) ?? 0) > this.#now()
  }

  /** The application has disconnected this node. */
  disconnect(id: NodeId): void {
    this.#disconnected.add(id)
  }

  /** Bans a node for `banMs` from now on. */
  ban(id: NodeId): void {
    this.#bannedUntil.delete(id)
    this.#bannedUntil.set(id, this.#now() + this.#banMs)
    const [oldest] = this.#bannedUntil.keys()
    if (this.#bannedUntil.size > bannedMax && oldest !== undefined) this.#bannedUntil.delete(oldest)
  }

  /** The application asks for this node again. @returns whether the node was on the list */
  forgive(id: NodeId | undefined): boolean {
    if (id === undefined) return false
    const wasBanned = this.#bannedUntil.delete(id)
    return this.#disconnected.delete(id) || wasBanned
  }

  ids(): ReadonlySet<NodeId> {
    const ids = new Set(this.#disconnected)
    const now = this.#now()
    for (const [id, until] of this.#bannedUntil) if (until > now) ids.add(id)
    return ids
  }
}
