import type { Address, NodeId } from '@ts2p/protocol'
import { networkOf } from './dial-plan.ts'
import type { BookEntry, KnownPeerNode, PeerTable } from './peer-table.ts'

/** After this many failed dials in a row, lists may replace a node's addresses, and the node may be removed for another. */
const failuresMax = 3

/** How many nodes of one public /16 network are known at most: an owner of a few such networks must not fill the book. */
const perNetworkMax = 4

/** An eviction test: a proven node that is dialed, and the proven node that takes its place if it does not answer. */
interface Test {
  readonly old: BookEntry
  readonly next: BookEntry
  /** The entry that `next` replaces. */
  readonly known: BookEntry | undefined
}

/**
 * The peers of the table that can be dialed, at most `nodesMax`. Hearsay never replaces what a node has announced itself, and no claim
 * evicts a node that has answered a dial: that node is dialed once more first (Heilman et al., "Eclipse Attacks on Bitcoin's Peer-to-Peer
 * Network", 2015, countermeasure 3). Of the others one is evicted at random, so that nobody can evict all.
 */
export class AddressBook {
  readonly #table: PeerTable
  readonly #nodesMax: number
  readonly #random: () => number
  /** The peers that have an entry, in the order in which the entries were made. */
  readonly #ids = new Set<NodeId>()
  readonly #perNetwork = new Map<string, Set<NodeId>>()
  #test: Test | undefined

  constructor(options: { table: PeerTable; random: () => number; nodesMax?: number }) {
    this.#table = options.table
    this.#nodesMax = options.nodesMax ?? 256
    this.#random = options.random
  }

  /** A node has announced its addresses in a handshake. @param dialedAt the address at which it was dialed, if it was */
  learn(node: KnownPeerNode, dialedAt?: Address): void {
    const known = this.#entryOf(node.id)
    const provenAt = [dialedAt, known?.provenAt].find((address) => address !== undefined && isAt(node, address))
    this.#put(node, { isAnnounced: true, provenAt, failures: 0 }, known)
  }

  /** Another node has named a node. */
  addHearsay(node: KnownPeerNode): void {
    const known = this.#entryOf(node.id)
    if (known && ((known.isAnnounced && !hasFailed(known)) || hasSameAddresses(known.node, node))) return
    this.#put(node, { isAnnounced: false, provenAt: undefined, failures: known?.failures ?? 0 }, known)
  }

  /** The addresses of a node; empty if none is known. */
  addressesOf(id: NodeId): readonly Address[] {
    return this.#entryOf(id)?.node.addresses ?? []
  }

  /** No link can be had at an address: its nodes are not dialed for `restMs`. @param options.isSilent nobody answered there */
  rest(
    address: Address,
    now: number,
    { restMs, isSilent }: { readonly restMs: number; readonly isSilent: boolean },
  ): void {
    for (const entry of this.#entries()) {
      if (!isAt(entry.node, address)) continue
      const failures = entry.failures + (isSilent ? 1 : 0)
      this.#table.updatePeer(entry.node.id, { entry: { ...entry, dueAt: now + restMs, failures } })
    }
  }

  /** The node to dial for the eviction test; undefined if none is due. */
  get toTest(): { readonly id: NodeId; readonly address: Address } | undefined {
    const { node, provenAt } = this.#test?.old ?? {}
    return node && provenAt ? { id: node.id, address: provenAt } : undefined
  }

  /** The eviction test is done. @param isThere whether that node, and no other, has answered */
  endTest(isThere: boolean): void {
    const test = this.#test
    this.#test = undefined
    if (isThere || !test || !this.#isCurrent(test.old, test.old.node.id)) return
    // What was learned during the test counts.
    const { next, known } = test
    if (!this.#isCurrent(known, next.node.id)) return
    this.#remove(test.old)
    this.#put(next.node, next, this.#entryOf(next.node.id))
  }

  /** The nodes that may be dialed now. */
  candidates(now: number): KnownPeerNode[] {
    return this.#entries().flatMap(({ node, dueAt }) => (dueAt <= now ? [node] : []))
  }

  /** The nodes that are not dialed for now. */
  resting(now: number): KnownPeerNode[] {
    return this.#entries().flatMap(({ node, dueAt }) => (dueAt > now ? [node] : []))
  }

  #put(
    { id, hash, addresses }: KnownPeerNode,
    { isAnnounced, provenAt, failures }: Pick<BookEntry, 'isAnnounced' | 'provenAt' | 'failures'>,
    known: BookEntry | undefined,
  ): void {
    if (addresses.length === 0) return
    const networks = networksOf(addresses)
    const dueAt = known?.dueAt ?? 0
    const entry: BookEntry = { node: { id, hash, addresses }, networks, isAnnounced, provenAt, failures, dueAt }
    if (known) this.#remove(known)
    if (this.#makeRoom(entry, known)) this.#add(entry)
    // The earlier entry was in the book, so it still fits.
    else if (known) this.#add(known)
  }

  /** @returns whether there is room for another node */
  #makeRoom(entry: BookEntry, known: BookEntry | undefined): boolean {
    const crowds = entry.networks.flatMap((network) => {
      const ids = this.#perNetwork.get(network)
      return ids && ids.size >= perNetworkMax ? [[...ids]] : []
    })
    if (this.#ids.size >= this.#nodesMax) crowds.push([...this.#ids])
    const evicted = crowds.map((ids) => {
      const entries = ids.flatMap((id) => this.#entryOf(id) ?? [])
      const one = this.#oneOf(entries.filter((each) => each.provenAt === undefined || hasFailed(each)))
      const old = one ? undefined : this.#oneOf(entries)
      if (old && entry.provenAt && !this.#test) this.#test = { old, next: entry, known }
      return one
    })
    if (evicted.includes(undefined)) return false
    for (const each of evicted) if (each && this.#ids.has(each.node.id)) this.#remove(each)
    return true
  }

  #oneOf(entries: readonly BookEntry[]): BookEntry | undefined {
    return entries[Math.floor(this.#random() * entries.length)]
  }

  #entryOf(id: NodeId): BookEntry | undefined {
    return this.#table.peer(id).entry
  }

  #entries(): BookEntry[] {
    return [...this.#ids].flatMap((id) => this.#entryOf(id) ?? [])
  }

  /** Whether a peer has still the entry that it had, or still none. A rest is no change: the node and its addresses are the same. */
  #isCurrent(entry: BookEntry | undefined, id: NodeId): boolean {
    return this.#entryOf(id)?.node === entry?.node
  }

  #add(entry: BookEntry): void {
    const { id } = entry.node
    this.#table.updatePeer(id, { entry })
    this.#ids.add(id)
    for (const network of entry.networks) {
      const ids = this.#perNetwork.get(network)
      if (ids) ids.add(id)
      else this.#perNetwork.set(network, new Set([id]))
    }
  }

  #remove({ node: { id }, networks }: BookEntry): void {
    this.#table.updatePeer(id, { entry: undefined })
    this.#ids.delete(id)
    for (const network of networks) {
      const ids = this.#perNetwork.get(network)
      ids?.delete(id)
      if (ids?.size === 0) this.#perNetwork.delete(network)
    }
  }
}

function isAt({ addresses }: KnownPeerNode, { transport, host, port }: Address): boolean {
  return addresses.some((each) => each.host === host && each.port === port && each.transport === transport)
}

function hasFailed({ failures }: BookEntry): boolean {
  return failures >= failuresMax
}

function hasSameAddresses(a: KnownPeerNode, b: KnownPeerNode): boolean {
  return a.addresses.length === b.addresses.length && b.addresses.every((address) => isAt(a, address))
}

/** The public networks in which a node has addresses. */
function networksOf(addresses: readonly Address[]): string[] {
  const networks = addresses.flatMap(({ host }) => networkOf(host) ?? [])
  return [...new Set(networks)]
}
