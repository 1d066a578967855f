import { reachableAddresses } from '@ts2p/base'
import type { BaseSocket, Connection, Environment } from '@ts2p/base'
import { encodePeers, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import type { AddressBook, KnownPeerNode } from './address-book.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { exchangeAfterMs, isTrusted, peersFor, startAllowance, takeList } from './peer-exchange.ts'
import type { ListAllowance } from './peer-exchange.ts'

/** A list is answered unless one went there so lately, milliseconds. */
const answerMs = 500

/** Exchanges lists of nodes with neighbours, so that each knows others than those it is linked with. */
export class PeerLists {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #counters: MeshCounters
  readonly #book: AddressBook
  readonly #ids = new NodeIdCache()
  /** What a neighbour may still tell, and when a list last went to it. */
  readonly #allowances = new WeakMap<Connection, ListAllowance>()
  readonly #sentAt = new WeakMap<Connection, number>()
  #exchangedAt = 0
  /** Exchanges since there were links enough. */
  #exchanges = 0

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
    connection.send(
      new OutgoingEnvelope(
        'peers',
        encodePeers(this.#listFor(connection.id).flatMap((node) => tellable(node, connection))),
        { isUrgent: true },
      ),
    )
  }

  /** A neighbour's list, which is answered with one, if none was sent just now. @returns whether it is believed */
  receive(connection: Connection, peers: readonly KnownPeer[], now: number): boolean {
    const sentAt = this.#sentAt.get(connection) ?? Number.NEGATIVE_INFINITY
    if (now - sentAt >= answerMs) this.send(connection)
    if (!this.#trusts(connection, now)) return false
    const before = this.#allowances.get(connection) ?? startAllowance(now)
    const allowance = takeList(before, this.#base.limits, now)
    if (!allowance) return false
    this.#allowances.set(connection, allowance)
    for (const { hash, addresses } of peers) {
      const reachable = reachableAddresses(addresses, connection.teller)
      this.#book.hear({ id: this.#ids.fromHash(hash), hash, addresses: reachable })
    }
    return true
  }

  /**
   * Sends a list to a random neighbour, if it is time, which is answered with one. While links are short it is time more often, and all are
   * asked whose lists are believed: nodes that join at the same moment, or by one that has only just joined, are told of few at first. @returns whether it was time
   */
  sweep(now: number, isShort: boolean): boolean {
    const links = [...this.#base.connections.values()]
    if (!isShort || links.length === 0) this.#exchanges = 0
    if (now - this.#exchangedAt < exchangeAfterMs(this.#base.limits, isShort, this.#exchanges)) return false
    this.#exchangedAt = now
    this.#exchanges += 1
    const trusted = isShort ? links.filter((link) => this.#trusts(link, now)) : []
    const random = links[Math.floor(this.#environment.random() * links.length)]
    for (const link of trusted.length > 0 ? trusted : [random]) if (link) this.send(link)
    return true
  }

  /** Addresses for a node that this one has no room for. */
  alternatives(): Address[] {
    const addresses = this.#listFor(this.#base.identity.id).flatMap((node) => node.addresses)
    return addresses.slice(0, this.#base.limits.exchangeAddressesMax)
  }

  #trusts({ direction, openedAt }: Connection, now: number): boolean {
    return isTrusted({ direction, linkedForMs: now - openedAt }, this.#base.limits)
  }

  #listFor(id: NodeId): KnownPeerNode[] {
    const now = this.#environment.monotonicNow()
    const known = { linked: this.#linkedNodes(), heardOf: this.#book.candidates(now), resting: this.#book.resting(now) }
    return peersFor(id, known, this.#base.limits, () => this.#environment.random())
  }

  #linkedNodes(): KnownPeerNode[] {
    return [...this.#base.connections.values()].map(({ peer: { id, hash, addresses } }) => ({ id, hash, addresses }))
  }
}

/** A node as it may be told to a neighbor: without addresses of closer networks than the neighbor's, which are of no use there. */
function tellable({ id, hash, addresses }: KnownPeerNode, { teller }: Connection): KnownPeerNode[] {
  const reachable = reachableAddresses(addresses, teller)
  return reachable.length > 0 ? [{ id, hash, addresses: reachable }] : []
}
