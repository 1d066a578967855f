import type { BaseSocket, Connection, Environment, PersistentPeer, InboundPeer } from '@ts2p/base'
import { RefusedError, UnreachableError } from '@ts2p/base'
import { addressToString, hashFromNodeId } from '@ts2p/protocol'
import type { Address, PeerInfo, NodeId } from '@ts2p/protocol'
import { AddressBook } from './address-book.ts'
import type { BanList } from './ban-list.ts'
import { ConnectionSlots } from './connection-slots.ts'
import { EvictionTest } from './eviction-test.ts'
import { planDialManager, shareDialed } from './dial-plan.ts'
import type { DialPlanInput } from './dial-plan.ts'
import type { MeshCounters } from '../mesh-metrics.ts'
import { cachedPeersMax } from './peer-cache.ts'
import type { PeerCache } from './peer-cache.ts'
import { PeerExchange } from './peer-exchange.ts'
import { PeerHints } from './peer-hints.ts'
import type { PeerTable } from './peer-table.ts'

/** How many links a node wants that only dials. */
const leafLinksWanted = 3
/** The average pause between two dials of a node that has some links, though fewer than it wants, milliseconds. */
const moreMs = 1000
/** How long a node is not dialed that could not be reached, one that is the only one left to dial, and one that had no free slot, milliseconds. */
const restMs = { silent: 60_000, only: 2000, full: 10_000 } as const
/** How many exchanges of lists there are between two attempts to reach a seed that is not linked. */
const exchangesPerProbe = 10

/** Keeps this node linked: learns addresses from neighbors, dials as planned, gives up addresses that do not answer. */
export class PeerManager {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #transports: readonly string[]
  readonly #cache: PeerCache | undefined
  readonly #table: PeerTable
  readonly #banList: BanList
  readonly #slots: ConnectionSlots
  readonly #book: AddressBook
  readonly #evictionTest: EvictionTest
  readonly #exchange: PeerExchange
  readonly #hints: PeerHints
  #moreAt = 0
  #probeAt: number | undefined

  constructor(options: {
    base: BaseSocket
    environment: Environment
    table: PeerTable
    banList: BanList
    /** The names of the transports that this node has. */
    transports: readonly string[]
    counters: MeshCounters
    cache: PeerCache | undefined
    trustedProxies: readonly string[] | undefined
  }) {
    const { base, environment, table } = options
    const random = (): number => environment.random()
    this.#base = base
    this.#environment = environment
    this.#transports = options.transports
    this.#cache = options.cache
    this.#table = table
    this.#banList = options.banList
    this.#slots = new ConnectionSlots(options)
    this.#book = new AddressBook({ table, random })
    this.#evictionTest = new EvictionTest({ base, book: this.#book })
    this.#exchange = new PeerExchange({ base, environment, counters: options.counters, table, book: this.#book })
    this.#hints = new PeerHints(random)
  }

  /** Dials the seeds, and the nodes that were saved when this node ran last. Called once this node listens. */
  async start(seeds: readonly Address[]): Promise<void> {
    for (const seed of seeds) this.addSeed(seed)
    const known = (await this.#cache?.load()) ?? []
    // Most saved addresses were announced by the nodes themselves. A dial shows whether they are still there.
    for (const { id, addresses } of known) this.#book.learn({ id, hash: hashFromNodeId(id), addresses })
    if (!this.#base.isClosed) this.#plan(this.#environment.monotonicNow())
  }

  /**
   * The application named this address: it is dialed whenever there are few links, and now and then.
   * @param peerId the node that has proven to answer there
   */
  addSeed(address: Address, peerId?: NodeId): void {
    // A list's claim about which node answers there must not keep the address from being dialed.
    if (!this.#table.address(address).isSeed) this.#base.removePersistentPeer(address)
    this.#table.updateAddress(address, { isSeed: true })
    this.#base.addPersistentPeer(address, peerId === undefined ? undefined : { id: peerId, isProven: true })
    this.#onProven(peerId)
  }

  /** The application wants no link with this node anymore. Addresses that the node has only claimed may be those of another node. */
  disconnect(connection: Connection): void {
    this.#banList.disconnect(connection.id)
    for (const address of this.#provenAddresses(connection)) this.#table.updateAddress(address, { isSeed: false })
    this.#removePersistentPeer(connection)
  }

  /** This node has broken the rules. The application's seeds stay: other nodes may answer there, and a ban ends. */
  ban(connection: Connection): void {
    this.#banList.ban(connection.id, this.#base.limits.banMs)
    this.#removePersistentPeer(connection)
  }

  /** Whether there is a slot for a node that has dialed this one. */
  hasSlotFor(inbound: InboundPeer): boolean {
    return this.#slots.hasSlotFor(inbound)
  }

  onLink(connection: Connection): void {
    const dialed = connection.direction === 'dialed' ? this.#persistentAt(connection.remote) : undefined
    if (dialed) this.#table.updateAddress(dialed.address, { hasAnswered: true })
    this.#book.learn(connection.peer, this.#dialedAt(connection))
    for (const address of this.#provenAddresses(connection)) this.#table.updateAddress(address, { isLost: false })
    this.#exchange.send(connection)
    const surplus = this.#slots.onLink(connection)
    // A link that was made for an eviction test must not replace another one.
    const isSpare = this.#evictionTest.isOf(connection) && this.#coreLinks > this.#linksWanted
    const evicted = isSpare ? connection : surplus
    if (evicted) this.#end(evicted)
  }

  /** A link is gone. If it broke, the network may be divided, so that the other side is dialed even when there are enough links. */
  onUnlink(connection: Connection, error: Error | undefined): void {
    this.#slots.onUnlink(connection, error)
    this.#exchange.onUnlink(connection.id)
    if (!error) return
    for (const address of this.#provenAddresses(connection)) this.#table.updateAddress(address, { isLost: true })
    // At once: there may be no link left.
    if (this.#isShort) this.#environment.defer(() => this.#plan(this.#environment.monotonicNow()))
  }

  /**
   * Whether to join with high priority at this address, that is, to ask for a slot even if none is free: this node has few links, or there
   * may be no other way to that part of the network.
   */
  isHighPriority(address: Address): boolean {
    const { isLost, isProbed } = this.#table.address(address)
    const hasFew = this.#coreLinks < this.#linksWanted / 2 || this.#dialedLinks === 0
    return hasFew || isLost || isProbed
  }

  /** Dials a node if its address is known: something is to be sent to it. */
  dial(id: NodeId): void {
    if (this.#base.connections.has(id) || this.#banList.has(id)) return
    const address = this.#book.addressesOf(id).find(({ transport }) => this.#transports.includes(transport))
    if (address) this.#attempt(address)
  }

  /** An address does not answer, or the node there has no free slot: then another one is as good. */
  onDialFailed(address: Address, error: Error): void {
    const refusal = error instanceof RefusedError ? error.refusal : undefined
    const isFull = refusal === 'full'
    // If its own line is down, this node knows nothing about others.
    const isSilent = error instanceof UnreachableError && this.#slots.connections().length > 0
    if (error instanceof RefusedError && error.isProven) this.#onProven(error.peerId)
    const now = this.#environment.monotonicNow()
    const silentMs = this.#hasOthersThan(address, now) ? restMs.silent : restMs.only
    const rest = { restMs: isFull ? restMs.full : silentMs, isSilent }
    if (refusal !== 'duplicate-link') this.#book.rest(address, now, rest)
    const { isLost, isSeed } = this.#table.address(address)
    const mayPass = isLost || (isSeed && this.#isShort)
    if (isFull && !mayPass) this.#removeAddress(address)
  }

  /** A node without a free slot has named these addresses instead. */
  addHints(addresses: readonly Address[]): void {
    this.#hints.add(addresses)
  }

  /** Addresses to name to a node that this one has no slot for. */
  hints(): Address[] {
    return this.#exchange.hints()
  }

  maintain(now: number): void {
    this.#plan(now)
    this.#probe(now)
    this.#evictionTest.runMaintenance()
    const isExchanged = this.#exchange.exchangeDue(now, this.#isShort)
    if (isExchanged) this.#save()
  }

  /** A neighbor's list of nodes to dial. */
  onPeers(connection: Connection, peers: readonly PeerInfo[]): void {
    const now = this.#environment.monotonicNow()
    if (this.#exchange.onPeers(connection, peers, now)) this.#plan(now)
  }

  get #linksWanted(): number {
    const isDialOnly = this.#base.advertised.length === 0
    return isDialOnly ? leafLinksWanted : this.#base.limits.coreLinksWanted
  }

  /** Whether there are fewer links than wanted, or too few of them were dialed by this node. */
  get #isShort(): boolean {
    return this.#coreLinks < this.#linksWanted || this.#dialedLinks < this.#linksWanted * shareDialed
  }

  get #dialedLinks(): number {
    return this.#slots.connections().filter(({ direction }) => direction === 'dialed').length
  }

  get #coreLinks(): number {
    return this.#slots.connections().filter(({ peer }) => peer.addresses.length > 0).length
  }

  #plan(now: number): void {
    if (this.#base.isClosed) return
    const view = this.#view(now)
    if (view.isTimeForMore) this.#moreAt = now + moreMs * (0.5 + this.#environment.random())
    const { dial, giveUp } = planDialManager(view, () => this.#environment.random())
    for (const address of giveUp) this.#removeAddress(address)
    for (const { id, address } of dial) this.#base.addPersistentPeer(address, { id, isProven: false })
    const hintsWanted = Math.min(1, view.linksWanted - view.coreLinks - dial.length)
    for (const address of this.#hints.dequeue(hintsWanted)) this.#attempt(address)
    if (view.coreLinks < view.linksWanted) for (const seed of this.#table.seeds()) this.#base.addPersistentPeer(seed)
  }

  /** Whether there are nodes to dial at other addresses. */
  #hasOthersThan(address: Address, now: number): boolean {
    const name = addressToString(address)
    const { connections } = this.#base
    return this.#book.candidates(now).some(({ id, addresses }) => {
      return !connections.has(id) && addresses.every((each) => addressToString(each) !== name)
    })
  }

  /** A node has proven that it answers where this one dialed it. */
  #onProven(id: NodeId | undefined): void {
    const connection = id === undefined ? undefined : this.#base.connections.get(id)
    const now = this.#environment.monotonicNow()
    if (connection && this.#exchange.onProven(connection, now)) this.#plan(now)
  }

  #save(): void {
    const saved = this.#exchange.known.slice(0, cachedPeersMax)
    if (saved.length > 0) this.#cache?.save(saved.map(({ id, addresses }) => ({ id, addresses })))
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
   * Dials a seed that is not linked now and then, even when there are enough links, so that parts of a divided network that have forgotten each
   * other come together.
   */
  #probe(now: number): void {
    const intervalMs = exchangesPerProbe * this.#base.limits.exchangeMs
    this.#probeAt ??= now + intervalMs * (0.5 + this.#environment.random())
    if (now < this.#probeAt) return
    this.#probeAt = now + intervalMs * (0.5 + this.#environment.random())
    const linked = this.#base.persistentPeers().filter(({ isLinked }) => isLinked)
    const linkedNames = new Set(linked.map(({ address }) => addressToString(address)))
    const seeds = this.#table.seeds().filter((seed) => !linkedNames.has(addressToString(seed)))
    const seed = seeds[Math.floor(this.#environment.random() * seeds.length)]
    if (!seed) return
    this.#table.updateAddress(seed, { isProbed: true })
    this.#attempt(seed, () => this.#table.updateAddress(seed, { isProbed: false }))
  }

  /** Ends a link, and names nodes to the other side to link with instead. */
  #end(connection: Connection): void {
    this.#exchange.send(connection)
    for (const { address } of this.#persistentOf(connection)) this.#removeAddress(address)
    connection.close()
  }

  #view(now: number): DialPlanInput {
    const links = this.#slots.connections()
    const persistentPeers = this.#base.persistentPeers().flatMap((each) => {
      const { isSeed, hasAnswered } = this.#table.address(each.address)
      return each.isLinked || isSeed ? [] : [{ ...each, wasLinked: hasAnswered }]
    })
    return {
      ourId: this.#base.identity.id,
      linked: new Set(this.#base.connections.keys()),
      coreLinks: this.#coreLinks,
      dialedLinks: this.#dialedLinks,
      avoided: this.#banList.ids(),
      persistentPeers,
      dialedHosts: links.filter(({ direction }) => direction === 'dialed').map(({ remoteHost }) => remoteHost),
      candidates: this.#isShort ? this.#book.candidates(now) : [],
      transports: this.#transports,
      linksWanted: this.#linksWanted,
      isTimeForMore: now >= this.#moreAt,
      dialedPerNetworkMax: this.#base.limits.dialedPerNetworkMax,
    }
  }

  /** The persistent address with this name. */
  #persistentAt(name: string): PersistentPeer | undefined {
    return this.#base.persistentPeers().find(({ address }) => addressToString(address) === name)
  }

  /** The persistent addresses at which this node answers, as far as it is known. */
  #persistentOf({ id }: Connection): PersistentPeer[] {
    return this.#base.persistentPeers().filter(({ peerId }) => peerId === id)
  }

  /** The persistent addresses at which this node has proven its id. */
  #provenAddresses(connection: Connection): Address[] {
    return this.#persistentOf(connection).flatMap(({ address, isProven }) => (isProven ? [address] : []))
  }

  /** The address at which a node was dialed, if the node announces that address itself. */
  #dialedAt({ direction, remote, peer }: Connection): Address | undefined {
    return direction === 'dialed' ? peer.addresses.find((address) => addressToString(address) === remote) : undefined
  }

  /** Forgets the persistent addresses of a node, apart from those of the application. */
  #removePersistentPeer(connection: Connection): void {
    for (const { address } of this.#persistentOf(connection))
      if (!this.#table.address(address).isSeed) this.#removeAddress(address)
  }

  /** Stops dialing an address. A seed is dialed again when there are few links. */
  #removeAddress(address: Address): void {
    this.#table.updateAddress(address, { hasAnswered: false, isLost: false })
    this.#base.removePersistentPeer(address)
  }
}
