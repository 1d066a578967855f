import type { NodeId } from '@ts2p/protocol'

/** Nodes remembered as banished, at most: more identities than that cost whoever makes them a handshake each. */
const banishedMax = 4096

/** The nodes with which no link is wanted: those that the application has disconnected, and for a time those that broke the rules. */
export class Unwanted {
  readonly #now: () => number
  readonly #banishedMs: number
  readonly #avoided = new Set<NodeId>()
  /** The one banished first is the first. */
  readonly #banishedUntil = new Map<NodeId, number>()

  constructor(options: { now: () => number; banishedMs: number }) {
    this.#now = options.now
    this.#banishedMs = options.banishedMs
  }

  has(id: NodeId): boolean {
    return this.#avoided.has(id) || (this.#banishedUntil.get(id) ?? 0) > this.#now()
  }

  avoid(id: NodeId): void {
    this.#avoided.add(id)
  }

  banish(id: NodeId): void {
    this.#banishedUntil.delete(id)
    this.#banishedUntil.set(id, this.#now() + this.#banishedMs)
    const [oldest] = this.#banishedUntil.keys()
    if (this.#banishedUntil.size > banishedMax && oldest !== undefined) this.#banishedUntil.delete(oldest)
  }

  /** The application asks for this node again. @returns whether no link was wanted with it */
  forgive(id: NodeId | undefined): boolean {
    if (id === undefined) return false
    const wasBanished = this.#banishedUntil.delete(id)
    return this.#avoided.delete(id) || wasBanished
  }

  ids(): ReadonlySet<NodeId> {
    const ids = new Set(this.#avoided)
    const now = this.#now()
    for (const [id, until] of this.#banishedUntil) if (until > now) ids.add(id)
    return ids
  }
}
