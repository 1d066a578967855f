import type { NodeId } from '@ts2p/protocol'
import type { PeerTable } from './peer-table.ts'

/** How many peers are remembered at most whose connection broke, and for how long, milliseconds. */
const [rememberedMax, rememberedMs] = [64, 3_600_000] as const

/** The ages of connections in the peer table. A connection that broke and is made again within the hour keeps its age. */
export class ConnectionAges {
  readonly #table: PeerTable
  /** The peers whose connection broke, in the order in which it did. */
  readonly #broken = new Set<NodeId>()

  constructor(table: PeerTable) {
    this.#table = table
  }

  /** When the connection with the peer was first made, monotonic milliseconds; infinity without a connection. */
  since(id: NodeId): number {
    const { age } = this.#table.peer(id)
    return age && age.brokeAt === undefined ? age.since : Number.POSITIVE_INFINITY
  }

  onLink(id: NodeId, now: number): void {
    const { age } = this.#table.peer(id)
    const isOld = age?.brokeAt !== undefined && now - age.brokeAt < rememberedMs
    this.#broken.delete(id)
    this.#table.updatePeer(id, { age: { since: isOld ? age.since : now, brokeAt: undefined } })
  }

  /** @param isBroken false: one of the two sides has ended the connection on purpose */
  onUnlink(id: NodeId, isBroken: boolean, now: number): void {
    const { age } = this.#table.peer(id)
    if (!age || age.brokeAt !== undefined) return
    if (!isBroken) return this.#table.updatePeer(id, { age: undefined })
    this.#table.updatePeer(id, { age: { since: age.since, brokeAt: now } })
    this.#broken.add(id)
    const [oldest] = this.#broken
    if (this.#broken.size <= rememberedMax || oldest === undefined) return
    this.#broken.delete(oldest)
    this.#table.updatePeer(oldest, { age: undefined })
  }
}
