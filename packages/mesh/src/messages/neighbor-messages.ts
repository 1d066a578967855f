import type { Connection, Environment } from '@ts2p/base'
import {
  decodeBroadcast,
  encodeBroadcast,
  encodePackets,
  NodeIdCache,
  OutgoingEnvelope,
  PacketLists,
} from '@ts2p/protocol'
import type { Broadcast } from '@ts2p/protocol'
import type { MessageIds } from './message-ids.ts'

/** Messages to the neighbors, and no further. */
export class NeighborMessages {
  readonly #environment: Environment
  readonly #ids: MessageIds
  readonly #links: () => Iterable<Connection>
  readonly #fitting: (payload: Uint8Array) => Uint8Array
  readonly #report: (kind: string, sentence: string) => void
  /** The latest sequence that came by a link: they come in order. */
  readonly #latest = new WeakMap<Connection, number>()
  readonly #nodeIds = new NodeIdCache()

  constructor(options: {
    environment: Environment
    ids: MessageIds
    links: () => Iterable<Connection>
    fitting: (payload: Uint8Array) => Uint8Array
    report: (kind: string, sentence: string) => void
  }) {
    this.#environment = options.environment
    this.#ids = options.ids
    this.#links = options.links
    this.#fitting = options.fitting
    this.#report = options.report
  }

  /** @returns to how many neighbors it went @throws {MessageTooLargeError} */
  send(packets: readonly Uint8Array[]): number {
    const broadcast = {
      id: this.#ids.next(),
      time: this.#environment.now(),
      count: 1,
      content: encodePackets(PacketLists.of([packets])),
      // The link has proven whose it is.
      signature: undefined,
      statement: new Uint8Array(0),
    }
    const envelope = new OutgoingEnvelope('whisper', this.#fitting(encodeBroadcast(broadcast)))
    const links = [...this.#links()]
    const ready = links.filter(({ isCongested }) => !isCongested)
    for (const link of ready) link.send(envelope)
    if (ready.length < links.length)
      this.#report(
        'slow-neighbor',
        'A neighbor takes messages too slowly, and has missed a whisper: send less at once.',
      )
    return ready.length
  }

  /**
   * Reads a whisper: undefined if it came before, 'reject' if the neighbor that brings it did not make it.
   * @throws {ProtocolError}
   */
  open(from: Connection, payload: Uint8Array): Broadcast | 'reject' | undefined {
    const broadcast = decodeBroadcast(payload)
    if (this.#nodeIds.fromKey(broadcast.id.source) !== from.id || broadcast.count !== 1) return 'reject'
    if (broadcast.id.sequence <= (this.#latest.get(from) ?? 0)) return undefined
    this.#latest.set(from, broadcast.id.sequence)
    return broadcast
  }
}
