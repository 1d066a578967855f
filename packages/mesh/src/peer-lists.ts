import type { BaseSocket, Connection, Environment } from '@ts2p/base'
import { encodePeers, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import type { AddressBook, KnownPeerNode } from './address-book.ts'
import type { MeshCounters } from './mesh-metrics.ts'
import { believesList, peersFor } from './peer-exchange.ts'

/** Exchanges lists of nodes with neighbours, so that each knows others than those it is linked with. */
export class PeerLists {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #counters: MeshCounters
  readonly #book: AddressBook
  readonly #ids = new NodeIdCache()
  /** When a list last came from a neighbour, and went to one. */
  readonly #listedAt = new WeakMap<Connection, number>()
  readonly #sentAt = new WeakMap<Connection, number>()
  #exchangeAt = 0

  constructor(options: { base: BaseSocket; environment: Environment; counters: MeshCounters; book: AddressBook }) {
    this.#base = options.base
    this.#environment = options.environment
    this.#counters = options.counters
    this.#book = options.book
  }

  /** The nodes known that can be dialled, those linked first. */
  get known(): KnownPeerNode[] {
    const nodes = [...this.#linkedNodes(), ...this.#book.candidates(this.#environment.monotonicNow())]
    const dialled = nodes.filter(({ addresses }) => addresses.length > 0)
    return [...new Map(dialled.toReversed().map((node) => [node.id, node])).values()].toReversed()
  }

  /** Sends a neighbour a list. */
  send(connection: Connection): void {
    this.#counters.controlSent += 1
    this.#sentAt.set(connection, this.#environment.monotonicNow())
    connection.send(new OutgoingEnvelope('peers', encodePeers(this.#listFor(connection.id))))
  }

  /** A neighbour's list, which is answered with one, if none was sent lately. @returns whether it is believed */
  receive(connection: Connection, peers: readonly KnownPeer[], now: number): boolean {
    const sentAt = this.#sentAt.get(connection) ?? Number.NEGATIVE_INFINITY
    if (now - sentAt >= this.#base.limits.exchangeMs / 2) this.send(connection)
    if (!this.#believes(connection, now)) return false
    this.#listedAt.set(connection, now)
    for (const { hash, addresses } of peers) this.#book.learn({ id: this.#ids.fromHash(hash), hash, addresses })
    return true
  }

  /**
   * Sends a list to a random neighbour, if it is time, which is answered with one. While links are short it is time twice as often, and all are
   * asked whose lists are believed: whoever joined by a node that had itself just joined was told of few. @returns whether it was time
   */
  sweep(now: number, isShort: boolean): boolean {
    const { exchangeMs } = this.#base.limits
    if (now < this.#exchangeAt - (isShort ? exchangeMs / 2 : 0)) return false
    this.#exchangeAt = now + exchangeMs
    const links = [...this.#base.connections.values()]
    const believed = isShort ? links.filter((link) => this.#believes(link, now)) : []
    const random = links[Math.floor(this.#environment.random() * links.length)]
    for (const link of believed.length > 0 ? believed : [random]) if (link) this.send(link)
    return true
  }

  /** Addresses for a node that this one has no room for. */
  alternatives(): Address[] {
    const addresses = this.#listFor(this.#base.identity.id).flatMap((node) => node.addresses)
    return addresses.slice(0, this.#base.limits.exchangeAddressesMax)
  }

  #believes(connection: Connection, now: number): boolean {
    const sinceLastListMs = now - (this.#listedAt.get(connection) ?? Number.NEGATIVE_INFINITY)
    const link = { direction: connection.direction, linkedForMs: now - connection.openedAt, sinceLastListMs }
    return believesList(link, this.#base.limits)
  }

  #listFor(id: NodeId): KnownPeerNode[] {
    const known = { linked: this.#linkedNodes(), heardOf: this.#book.candidates(this.#environment.monotonicNow()) }
    return peersFor(id, known, this.#base.limits, () => this.#environment.random())
  }

  #linkedNodes(): KnownPeerNode[] {
    return [...this.#base.connections.values()].map(({ peer: { id, hash, addresses } }) => ({ id, hash, addresses }))
  }
}
