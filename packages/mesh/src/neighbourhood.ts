import type { BaseSocket, Connection, Environment } from '@ts2p/base'
import { addressToString, encodePeers, NodeIdCache, OutgoingEnvelope } from '@ts2p/protocol'
import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import { AddressBook } from './address-book.ts'
import { planMembership } from './membership.ts'
import { believesList, peersFor } from './peer-exchange.ts'

/** Links that a node wants. It accepts more. */
const linksWanted = 6

/** Keeps this node linked: learns addresses from neighbours, dials as planned, gives up what does not answer. */
export class Neighbourhood {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #transports: readonly string[]
  readonly #book = new AddressBook()
  readonly #ids = new NodeIdCache()
  readonly #seeds = new Set<string>()
  /** Kept addresses at which there was a link. */
  readonly #answered = new Set<string>()
  readonly #avoided = new Set<NodeId>()
  /** Nodes that have broken the rules, and until when they are not linked. */
  readonly #banishedUntil = new Map<NodeId, number>()
  readonly #listedAt = new WeakMap<Connection, number>()
  #exchangeAt = 0

  constructor(options: { base: BaseSocket; environment: Environment; transports: readonly string[] }) {
    this.#base = options.base
    this.#environment = options.environment
    this.#transports = options.transports
  }

  /** The application named this address, and a node answered there: it is dialled whenever it is not linked. */
  keepSeed(address: Address, peerId: NodeId): void {
    this.#seeds.add(addressToString(address))
    this.#base.keep(address, peerId)
  }

  /** Whether no link is wanted with this node. */
  avoids(id: NodeId): boolean {
    return this.#avoided.has(id) || (this.#banishedUntil.get(id) ?? 0) > this.#environment.monotonicNow()
  }

  /** The application asks for this node again. @returns whether it had wanted no link with it */
  forgive(id: NodeId | undefined): boolean {
    if (id === undefined) return false
    const wasBanished = this.#banishedUntil.delete(id)
    return this.#avoided.delete(id) || wasBanished
  }

  /** The node has broken the rules: no link with it for a time, nor is it dialled. */
  banish(connection: Connection): void {
    const now = this.#environment.monotonicNow()
    for (const [id, until] of this.#banishedUntil) if (until <= now) this.#banishedUntil.delete(id)
    this.#banishedUntil.set(connection.id, now + this.#base.limits.banishedMs)
    this.#forgetAddressesOf(connection)
  }

  /** The application wants no link with this node. */
  avoid(connection: Connection): void {
    this.#avoided.add(connection.id)
    this.#forgetAddressesOf(connection)
  }

  #forgetAddressesOf(connection: Connection): void {
    for (const { address } of this.#base.kept()) {
      const isTheirs = connection.peer.addresses.some((each) => addressToString(each) === addressToString(address))
      if (isTheirs || connection.remote === addressToString(address)) this.#forget(address)
    }
  }

  onLink(connection: Connection): void {
    this.#book.learn(connection.id, connection.peer.addresses)
    if (connection.direction === 'dialled') this.#answered.add(connection.remote)
    this.#sendList(connection)
  }

  /** A neighbour's list of nodes to dial. */
  onPeers(connection: Connection, peers: readonly KnownPeer[]): void {
    const now = this.#environment.monotonicNow()
    const sinceLastListMs = now - (this.#listedAt.get(connection) ?? Number.NEGATIVE_INFINITY)
    const link = { direction: connection.direction, linkedForMs: now - connection.openedAt, sinceLastListMs }
    if (!believesList(link, this.#base.limits)) return
    this.#listedAt.set(connection, now)
    for (const { hash, addresses } of peers) this.#book.learn(this.#ids.fromHash(hash), addresses)
    this.#plan(now)
  }

  /** An address does not answer. */
  onDialFailed(address: Address): void {
    this.#book.rest(address, this.#environment.monotonicNow())
  }

  sweep(now: number): void {
    this.#plan(now)
    if (now < this.#exchangeAt) return
    this.#exchangeAt = now + this.#base.limits.exchangeMs
    const connections = [...this.#base.connections.values()]
    const chosen = connections[Math.floor(this.#environment.random() * connections.length)]
    if (chosen) this.#sendList(chosen)
  }

  /** Addresses for a node that this one has no room for. */
  alternatives(): Address[] {
    return this.#linkedPeers()
      .flatMap(({ addresses }) => addresses)
      .slice(0, this.#base.limits.exchangeAddressesMax)
  }

  #plan(now: number): void {
    const connections = [...this.#base.connections.values()]
    const kept = this.#base
      .kept()
      .filter(({ address, isLinked }) => !isLinked && !this.#seeds.has(addressToString(address)))
      .map((each) => ({ ...each, wasLinked: this.#answered.has(addressToString(each.address)) }))
    const { dial, giveUp } = planMembership(
      {
        ourId: this.#base.identity.id,
        linked: new Set(this.#base.connections.keys()),
        avoided: new Set([...this.#avoided, ...this.#banished(now)]),
        kept,
        dialledHosts: connections
          .filter(({ direction }) => direction === 'dialled')
          .map(({ remoteHost }) => remoteHost),
        candidates: this.#book.candidates(now),
        transports: this.#transports,
        linksWanted,
        dialledPerNetworkMax: this.#base.limits.dialledPerNetworkMax,
      },
      () => this.#environment.random(),
    )
    for (const address of giveUp) this.#forget(address)
    for (const { id, address } of dial) this.#base.keep(address, id)
  }

  #banished(now: number): NodeId[] {
    return [...this.#banishedUntil].flatMap(([id, until]) => (until > now ? [id] : []))
  }

  #forget(address: Address): void {
    this.#seeds.delete(addressToString(address))
    this.#answered.delete(addressToString(address))
    this.#base.forget(address)
  }

  #linkedPeers(): (KnownPeer & { id: NodeId })[] {
    return [...this.#base.connections.values()].map(({ id, peer: { hash, addresses } }) => ({ id, hash, addresses }))
  }

  #sendList(connection: Connection): void {
    const peers = peersFor(connection.id, this.#linkedPeers(), this.#base.limits, () => this.#environment.random())
    connection.send(new OutgoingEnvelope('peers', encodePeers(peers)))
  }
}
