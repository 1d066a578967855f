import { reachableAddresses } from '@ts2p/base'
import type { BaseSocket, Connection, Environment } from '@ts2p/base'
import { encodePeers, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address, PeerInfo, NodeId } from '@ts2p/protocol'
import type { AddressBook } from './address-book.ts'
import { exchangeAfterMs, isTrusted, samplePeers, startAllowance, spendAllowance } from './exchange-policy.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import type { KnownPeerNode, PeerTable } from './peer-table.ts'

/** A list is answered with a list unless one was sent to the same neighbor less than this long ago, milliseconds. */
const answerMs = 500

/** Exchanges lists of nodes with neighbors, so that each node knows others than those it is linked with. */
export class PeerExchange {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #counters: MeshCounters
  readonly #table: PeerTable
  readonly #book: AddressBook
  readonly #ids = new NodeIdCache()
  #exchangedAt = 0
  /** How many exchanges there were since there were too few links. */
  #exchanges = 0

  constructor(options: {
    base: BaseSocket
    environment: Environment
    counters: MeshCounters
    table: PeerTable
    book: AddressBook
  }) {
    this.#base = options.base
    this.#environment = options.environment
    this.#counters = options.counters
    this.#table = options.table
    this.#book = options.book
  }

  /** The nodes known that can be dialed, those linked first. */
  get known(): KnownPeerNode[] {
    const nodes = [...this.#linkedNodes(), ...this.#book.candidates(this.#environment.monotonicNow())]
    const dialable = nodes.filter(({ addresses }) => addresses.length > 0)
    return [...new Map(dialable.toReversed().map((node) => [node.id, node])).values()].toReversed()
  }

  /** Sends a linked node a list. */
  send(connection: Connection): void {
    const { id } = connection
    this.#counters.controlSent += 1
    const { allowance, withheld } = this.#table.peer(id).exchange ?? {}
    this.#table.updatePeer(id, { exchange: { sentAt: this.#environment.monotonicNow(), allowance, withheld } })
    const list = this.#listFor(id).flatMap((node) => tellable(node, connection))
    connection.send(new OutgoingEnvelope('peers', encodePeers(list), { isUrgent: true }))
  }

  /** Takes a neighbor's list, and answers it with one if none was sent just before. @returns whether the list is believed */
  onPeers(connection: Connection, peers: readonly PeerInfo[], now: number): boolean {
    const sentAt = this.#table.peer(connection.id).exchange?.sentAt ?? Number.NEGATIVE_INFINITY
    if (now - sentAt >= answerMs) this.send(connection)
    if (this.#trusts(connection, now)) return this.#learn(connection, peers, now)
    const { exchange } = this.#table.peer(connection.id)
    if (exchange) this.#table.updatePeer(connection.id, { exchange: { ...exchange, withheld: peers } })
    return false
  }

  /** A node that has dialed this one has also answered a dial: its list that came before counts. @returns whether there is one */
  onProven(connection: Connection, now: number): boolean {
    const { exchange } = this.#table.peer(connection.id)
    if (!exchange?.withheld) return false
    this.#table.updatePeer(connection.id, { exchange: { ...exchange, withheld: undefined } })
    return this.#learn(connection, exchange.withheld, now)
  }

  #learn(connection: Connection, peers: readonly PeerInfo[], now: number): boolean {
    if (!this.#spendAllowance(connection.id, now)) return false
    for (const { hash, addresses } of peers) {
      const reachable = reachableAddresses(addresses, connection.addressSource)
      this.#book.addHearsay({ id: this.#ids.fromHash(hash), hash, addresses: reachable })
    }
    return true
  }

  /** The link with a node is gone. The next one has an allowance of its own. */
  onUnlink(id: NodeId): void {
    this.#table.updatePeer(id, { exchange: undefined })
  }

  /**
   * When an exchange is due, sends a list to a random neighbor, which answers with one. While there are too few links an exchange is due more
   * often, and all neighbors whose lists are believed get a list: nodes that join at the same moment, or by a node that has just joined, know
   * few others at first. @returns whether an exchange was due
   */
  exchangeDue(now: number, isShort: boolean): boolean {
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

  /** Addresses for a node that this one has no slot for. */
  hints(): Address[] {
    const addresses = this.#listFor(this.#base.identity.id).flatMap((node) => node.addresses)
    return addresses.slice(0, this.#base.limits.exchangeAddressesMax)
  }

  /** A node that this one has dialed may be linked by a dial of its own that was quicker. */
  #trusts({ direction, id, openedAt }: Connection, now: number): boolean {
    const hasAnswered = (): boolean =>
      this.#base.persistentPeers().some(({ peerId, isProven }) => isProven && peerId === id)
    const isDialed = direction === 'dialed' || hasAnswered()
    return isTrusted({ isDialed, linkedForMs: now - openedAt }, this.#base.limits)
  }

  /** @returns whether one more list of this node is believed */
  #spendAllowance(id: NodeId, now: number): boolean {
    const { exchange } = this.#table.peer(id)
    const allowance = spendAllowance(exchange?.allowance ?? startAllowance(now), this.#base.limits, now)
    if (!exchange || !allowance) return false
    this.#table.updatePeer(id, { exchange: { ...exchange, allowance } })
    return true
  }

  #listFor(id: NodeId): KnownPeerNode[] {
    const now = this.#environment.monotonicNow()
    const known = { linked: this.#linkedNodes(), heardOf: this.#book.candidates(now), resting: this.#book.resting(now) }
    return samplePeers(id, known, this.#base.limits, () => this.#environment.random())
  }

  #linkedNodes(): KnownPeerNode[] {
    return [...this.#base.connections.values()].map(({ peer: { id, hash, addresses } }) => ({ id, hash, addresses }))
  }
}

/** A node as it may be told to a neighbor: without addresses of closer networks than the neighbor's, which are of no use there. */
function tellable({ id, hash, addresses }: KnownPeerNode, { addressSource }: Connection): KnownPeerNode[] {
  const reachable = reachableAddresses(addresses, addressSource)
  return reachable.length > 0 ? [{ id, hash, addresses: reachable }] : []
}
