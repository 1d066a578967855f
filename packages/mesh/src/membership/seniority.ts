import type { NodeId } from '@ts2p/protocol'

/** Nodes remembered whose link broke, at most, and for how long, milliseconds. */
const [rememberedMax, rememberedMs] = [64, 3_600_000] as const

/** Since when nodes are linked: a link that broke and is made again is as old as it was. */
export class Seniority {
  readonly #since = new Map<NodeId, number>()
  readonly #lost = new Map<NodeId, { readonly since: number; readonly lostAt: number }>()

  /** When the node was linked first, as far as the link has only broken since; monotonic milliseconds. */
  of(id: NodeId): number {
    return this.#since.get(id) ?? Number.POSITIVE_INFINITY
  }

  linked(id: NodeId, now: number): void {
    const lost = this.#lost.get(id)
    this.#lost.delete(id)
    this.#since.set(id, lost && now - lost.lostAt < rememberedMs ? lost.since : now)
  }

  /** @param isBroken false: one of the two sides wanted it so */
  unlinked(id: NodeId, isBroken: boolean, now: number): void {
    const since = this.#since.get(id)
    this.#since.delete(id)
    if (!isBroken || since === undefined) return
    this.#lost.set(id, { since, lostAt: now })
    const [oldest] = this.#lost.keys()
    if (this.#lost.size > rememberedMax && oldest !== undefined) this.#lost.delete(oldest)
  }
}
