import type { BaseSocket, Connection, Environment, KeptAddress, Newcomer } from '@ts2p/base'
import { RefusedError, UnreachableError } from '@ts2p/base'
import { addressToString, hashFromNodeId } from '@ts2p/protocol'
import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import { AddressBook } from './address-book.ts'
import { BanList } from './ban-list.ts'
import { BookTest } from './book-test.ts'
import { ConnectionSlots } from './connection-slots.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { savedMax } from './known-nodes.ts'
import type { KnownNodes } from './known-nodes.ts'
import { planMembership, shareDialled } from './membership.ts'
import type { MembershipView } from './membership.ts'
import { PeerLists } from './peer-lists.ts'

/** Links that a node wants that only dials. */
const leafLinksWanted = 3
/** Between two dials of a node that has some links, though not as many as it wants, milliseconds, on average. */
const moreMs = 1000
/** How long a node is left alone that could not be reached, and one that had no place, milliseconds. */
const restMs = { silent: 60_000, full: 10_000 } as const
/** Addresses remembered of those that nodes without a place have named. */
const leadsMax = 64
/** Exchanges of lists between two attempts to reach a seed that is not linked. */
const exchangesPerProbe = 10

/** Keeps this node linked: learns addresses from neighbours, dials as planned, gives up what does not answer. */
export class Neighbourhood {
  readonly banList: BanList
  readonly lists: PeerLists
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #transports: readonly string[]
  readonly #knownNodes: KnownNodes | undefined
  readonly #slots: ConnectionSlots
  readonly #book: AddressBook
  readonly #bookTest: BookTest
  readonly #seeds = new Map<string, Address>()
  /** Kept addresses at which there was a link. */
  readonly #answered = new Set<string>()
  /** Kept addresses at which there was a link that broke, and one that is dialled though there are links enough. */
  readonly #lost = new Set<string>()
  #probed: string | undefined
  readonly #leads: Address[] = []
  #moreAt = 0
  #probeAt: number | undefined

  constructor(options: {
    base: BaseSocket
    environment: Environment
    transports: readonly string[]
    counters: MeshCounters
    knownNodes: KnownNodes | undefined
    trustedProxies: readonly string[] | undefined
  }) {
    const { base, environment } = options
    this.#base = base
    this.#environment = environment
    this.#transports = options.transports
    this.#knownNodes = options.knownNodes
    this.#slots = new ConnectionSlots(options)
    this.#book = new AddressBook({ random: () => environment.random() })
    this.#bookTest = new BookTest({ base, book: this.#book })
    this.lists = new PeerLists({ base, environment, counters: options.counters, book: this.#book })
    this.banList = new BanList({ now: () => environment.monotonicNow(), banMs: base.limits.banMs })
  }

  /** The node listens: dials the nodes that it is to begin with, and those that it knew when it ran last. */
  async start(seeds: readonly Address[]): Promise<void> {
    for (const seed of seeds) this.keepSeed(seed)
    const known = (await this.#knownNodes?.load()) ?? []
    // Most saved addresses were announced by the nodes themselves. A dial shows whether they are still there.
    for (const { id, addresses } of known) this.#book.learn({ id, hash: hashFromNodeId(id), addresses })
    if (!this.#base.isClosed) this.#plan(this.#environment.monotonicNow())
  }

  /**
   * The application named this address: it is dialed whenever there are few links, and now and then.
   * @param peerId the node that has proven to answer there
   */
  keepSeed(address: Address, peerId?: NodeId): void {
    const name = addressToString(address)
    // What a list has said of who answers there must not keep it from being dialed.
    if (!this.#seeds.has(name)) this.#base.forget(address)
    this.#seeds.set(name, address)
    this.#base.keep(address, peerId === undefined ? undefined : { id: peerId, isProven: true })
  }

  /** The application wants no link with this node any more. Addresses that it has only claimed may be those of another node. */
  disconnect(connection: Connection): void {
    this.banList.disconnect(connection.id)
    for (const name of this.#provenNames(connection)) this.#seeds.delete(name)
    this.#forgetKept(connection)
  }

  /** This node has broken the rules. The application's seeds stay: others may answer there, and a ban passes. */
  ban(connection: Connection): void {
    this.banList.ban(connection.id)
    this.#forgetKept(connection)
  }

  /** Whether there is a place for a node that has dialled this one. */
  hasRoomFor(newcomer: Newcomer): boolean {
    return this.#slots.hasRoomFor(newcomer)
  }

  onLink(connection: Connection): void {
    const kept = this.#base.kept().map(({ address }) => addressToString(address))
    if (connection.direction === 'dialled' && kept.includes(connection.remote)) this.#answered.add(connection.remote)
    this.#book.learn(connection.peer, this.#dialedAt(connection))
    for (const name of this.#provenNames(connection)) this.#lost.delete(name)
    this.lists.send(connection)
    const surplus = this.#slots.linked(connection)
    // A link that was made for a test must not replace another one.
    const isSpare = this.#bookTest.isOf(connection) && this.#coreLinks > this.#linksWanted
    const gone = isSpare ? connection : surplus
    if (gone) this.#end(gone)
  }

  /** A link is gone; if it broke, the network may have, so that the other side is dialled whatever other links there are. */
  onUnlink(connection: Connection, error: Error | undefined): void {
    this.#slots.unlinked(connection, error)
    if (error) for (const name of this.#provenNames(connection)) this.#lost.add(name)
    // At once: there may be no link left.
    if (error && this.#isShort) this.#environment.defer(() => this.#plan(this.#environment.monotonicNow()))
  }

  /** Whether to ask for a place at this address even if there is none left: with so few links, or since there may be no other way to its part of the network. */
  presses(address: Address): boolean {
    const name = addressToString(address)
    const hasFew = this.#coreLinks < this.#linksWanted / 2 || this.#dialledLinks === 0
    return hasFew || this.#lost.has(name) || this.#probed === name
  }

  /** Dials a node if its address is known: something is to be sent to it. */
  dial(id: NodeId): void {
    if (this.#base.connections.has(id) || this.banList.has(id)) return
    const address = this.#book.addressesOf(id).find(({ transport }) => this.#transports.includes(transport))
    if (address) this.#attempt(address)
  }

  /** An address does not answer, or there is no place for this node: then another is as good. */
  onDialFailed(address: Address, error: Error): void {
    const refusal = error instanceof RefusedError ? error.refusal : undefined
    const isFull = refusal === 'full'
    // With a line of its own that is down, this node knows nothing of others.
    const isSilent = error instanceof UnreachableError && this.#slots.links().length > 0
    const rest = { restMs: isFull ? restMs.full : restMs.silent, isSilent }
    if (refusal !== 'duplicate-link') this.#book.rest(address, this.#environment.monotonicNow(), rest)
    const name = addressToString(address)
    const mayPass = this.#lost.has(name) || (this.#seeds.has(name) && this.#isShort)
    if (isFull && !mayPass) this.#forget(address)
  }

  /** A node that had no place has named these instead. */
  onAlternatives(addresses: readonly Address[]): void {
    this.#leads.push(...addresses)
    this.#leads.splice(0, this.#leads.length - leadsMax)
  }

  sweep(now: number): void {
    this.#plan(now)
    this.#probe(now)
    this.#bookTest.sweep()
    const isTimeToSave = this.lists.sweep(now, this.#isShort)
    if (isTimeToSave && this.lists.known.length > 0) {
      const saved = this.lists.known.slice(0, savedMax)
      this.#knownNodes?.save(saved.map(({ id, addresses }) => ({ id, addresses })))
    }
  }

  /** A neighbour's list of nodes to dial. */
  onPeers(connection: Connection, peers: readonly KnownPeer[]): void {
    const now = this.#environment.monotonicNow()
    if (this.lists.receive(connection, peers, now)) this.#plan(now)
  }

  get #linksWanted(): number {
    const isDialOnly = this.#base.advertised.length === 0
    return isDialOnly ? leafLinksWanted : this.#base.limits.coreLinksWanted
  }

  /** Whether there are fewer links than wanted, or all were made by others. */
  get #isShort(): boolean {
    return this.#coreLinks < this.#linksWanted || this.#dialledLinks < this.#linksWanted * shareDialled
  }

  get #dialledLinks(): number {
    return this.#slots.links().filter(({ direction }) => direction === 'dialled').length
  }

  get #coreLinks(): number {
    return this.#slots.links().filter(({ peer }) => peer.addresses.length > 0).length
  }

  #plan(now: number): void {
    if (this.#base.isClosed) return
    const view = this.#view(now)
    if (view.isTimeForMore) this.#moreAt = now + moreMs * (0.5 + this.#environment.random())
    const { dial, giveUp } = planMembership(view, () => this.#environment.random())
    for (const address of giveUp) this.#forget(address)
    for (const { id, address } of dial) this.#base.keep(address, { id, isProven: false })
    this.#followLeads(Math.min(1, view.linksWanted - view.coreLinks - dial.length))
    if (view.coreLinks < view.linksWanted) for (const seed of this.#seeds.values()) this.#base.keep(seed)
  }

  /** Dials some of the addresses that nodes without a place have named. */
  #followLeads(most: number): void {
    for (let count = 0; count < most && this.#leads.length > 0; count += 1) {
      const [address] = this.#leads.splice(Math.floor(this.#environment.random() * this.#leads.length), 1)
      if (address) this.#attempt(address)
    }
  }

  /** Dials once. */
  #attempt(address: Address, onDone: () => void = () => undefined): void {
    const reject = (error: Error): void => {
      onDone()
      this.onDialFailed(address, error)
    }
    this.#base.attempt({ address, resolve: onDone, reject })
  }

  /**
   * Now and then a seed is dialled that is not linked, though there are links enough: so parts of a divided network that have
   * forgotten each other come together.
   */
  #probe(now: number): void {
    const intervalMs = exchangesPerProbe * this.#base.limits.exchangeMs
    this.#probeAt ??= now + intervalMs * (0.5 + this.#environment.random())
    if (now < this.#probeAt) return
    this.#probeAt = now + intervalMs * (0.5 + this.#environment.random())
    const linked = this.#base.kept().filter(({ isLinked }) => isLinked)
    const linkedNames = new Set(linked.map(({ address }) => addressToString(address)))
    const seeds = [...this.#seeds.values()].filter((seed) => !linkedNames.has(addressToString(seed)))
    const seed = seeds[Math.floor(this.#environment.random() * seeds.length)]
    if (!seed) return
    this.#probed = addressToString(seed)
    this.#attempt(seed, () => (this.#probed = undefined))
  }

  /** Ends a link, and tells the other side of nodes to link with instead. */
  #end(connection: Connection): void {
    this.lists.send(connection)
    for (const { address } of this.#keptOf(connection)) this.#forget(address)
    connection.close()
  }

  #view(now: number): MembershipView {
    const links = this.#slots.links()
    const kept = this.#base
      .kept()
      .filter(({ address, isLinked }) => !isLinked && !this.#seeds.has(addressToString(address)))
      .map((each) => ({ ...each, wasLinked: this.#answered.has(addressToString(each.address)) }))
    return {
      ourId: this.#base.identity.id,
      linked: new Set(this.#base.connections.keys()),
      coreLinks: this.#coreLinks,
      dialledLinks: this.#dialledLinks,
      avoided: this.banList.ids(),
      kept,
      dialledHosts: links.filter(({ direction }) => direction === 'dialled').map(({ remoteHost }) => remoteHost),
      candidates: this.#isShort ? this.#book.candidates(now) : [],
      transports: this.#transports,
      linksWanted: this.#linksWanted,
      isTimeForMore: now >= this.#moreAt,
      dialledPerNetworkMax: this.#base.limits.dialledPerNetworkMax,
    }
  }

  /** The kept addresses at which this node answers, as far as it is known. */
  #keptOf({ id }: Connection): KeptAddress[] {
    return this.#base.kept().filter(({ peerId }) => peerId === id)
  }

  /** The address at which a node was dialed, if it tells that address itself. */
  #dialedAt({ direction, remote, peer }: Connection): Address | undefined {
    return direction === 'dialled' ? peer.addresses.find((address) => addressToString(address) === remote) : undefined
  }

  /** Forgets the kept addresses of a node, but for the application's. */
  #forgetKept(connection: Connection): void {
    for (const { address } of this.#keptOf(connection)) {
      if (!this.#seeds.has(addressToString(address))) this.#forget(address)
    }
  }

  /** The kept addresses at which this node has proven who it is, as text. */
  #provenNames(connection: Connection): string[] {
    return this.#keptOf(connection).flatMap(({ address, isProven }) => (isProven ? [addressToString(address)] : []))
  }

  #forget(address: Address): void {
    this.#answered.delete(addressToString(address))
    this.#lost.delete(addressToString(address))
    this.#base.forget(address)
  }
}
