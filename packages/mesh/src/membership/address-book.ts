import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import { networkOf } from './membership.ts'
import type { Candidate } from './membership.ts'

/** A node that is known, with its id both as text and as hash. */
export type KnownPeerNode = Candidate & KnownPeer

interface Entry {
  readonly node: KnownPeerNode
  /** The public networks in which it has addresses. */
  readonly networks: readonly string[]
  /** Whether the node itself has told its addresses, in a handshake that proved its id; otherwise it is hearsay. */
  readonly isOwnWord: boolean
  /** The address at which it has answered a dial, as long as it tells that address. */
  readonly provenAt: Address | undefined
  /** How many dials in a row have failed there. */
  failures: number
  /** Not dialed before, monotonic milliseconds. */
  dueAt: number
}

/** After this many failed dials in a row, lists may replace a node's addresses, and the node may be removed for another. */
const failuresMax = 3

/** Nodes known in one public /16 network: whoever owns a few of those must not fill the book. */
const perNetworkMax = 4

/**
 * The nodes known and where they can be dialed, at most `nodesMax`. What lists say never replaces what a node has said of itself, and
 * nothing that somebody says pushes out a node that has answered a dial: that one is tested first (Heilman et al., "Eclipse
 * Attacks on Bitcoin's Peer-to-Peer Network", 2015, countermeasure 3). Of the others one goes at random, so that nobody can push out all.
 */
export class AddressBook {
  readonly #nodesMax: number
  readonly #random: () => number
  readonly #nodes = new Map<NodeId, Entry>()
  readonly #perNetwork = new Map<string, Set<NodeId>>()
  /** A proven node that is to be dialed, and the proven one that takes its place if it does not answer. */
  #test: { readonly old: Entry; readonly next: Entry; readonly known: Entry | undefined } | undefined

  constructor(options: { random: () => number; nodesMax?: number }) {
    this.#nodesMax = options.nodesMax ?? 256
    this.#random = options.random
  }

  /** A node has told its addresses in a handshake. @param dialedAt where it was dialed, if it was */
  learn(node: KnownPeerNode, dialedAt?: Address): void {
    const known = this.#nodes.get(node.id)
    const provenAt = [dialedAt, known?.provenAt].find((address) => address !== undefined && isAt(node, address))
    this.#put(node, { isOwnWord: true, provenAt, failures: 0 }, known)
  }

  /** Somebody else has told of a node. */
  hear(node: KnownPeerNode): void {
    const known = this.#nodes.get(node.id)
    if (known && ((known.isOwnWord && !hasFailed(known)) || hasSameAddresses(known.node, node))) return
    this.#put(node, { isOwnWord: false, provenAt: undefined, failures: known?.failures ?? 0 }, known)
  }

  /** Where a node can be dialed; empty if that is not known. */
  addressesOf(id: NodeId): readonly Address[] {
    return this.#nodes.get(id)?.node.addresses ?? []
  }

  /** There is no link to be had at an address: leave it alone for a while. @param options.isSilent nobody answered there */
  rest(
    address: Address,
    now: number,
    { restMs, isSilent }: { readonly restMs: number; readonly isSilent: boolean },
  ): void {
    for (const entry of this.#nodes.values()) {
      if (!isAt(entry.node, address)) continue
      entry.dueAt = now + restMs
      if (isSilent) entry.failures += 1
    }
  }

  /** A node to dial once, to see whether it may be replaced; undefined if there is none. */
  get toTest(): { readonly id: NodeId; readonly address: Address } | undefined {
    const { node, provenAt } = this.#test?.old ?? {}
    return node && provenAt ? { id: node.id, address: provenAt } : undefined
  }

  /** The test is done. @param isThere whether that node, and no other, has answered */
  endTest(isThere: boolean): void {
    const test = this.#test
    this.#test = undefined
    if (isThere || !test || this.#nodes.get(test.old.node.id) !== test.old) return
    // What was learned since counts.
    if (this.#nodes.get(test.next.node.id) !== test.known) return
    this.#forget(test.old)
    this.#put(test.next.node, test.next, test.known)
  }

  /** The nodes that may be dialed now. */
  candidates(now: number): KnownPeerNode[] {
    const candidates: KnownPeerNode[] = []
    for (const { node, dueAt } of this.#nodes.values()) if (dueAt <= now) candidates.push(node)
    return candidates
  }

  /** The nodes that are left alone for now. */
  resting(now: number): KnownPeerNode[] {
    return [...this.#nodes.values()].flatMap(({ node, dueAt }) => (dueAt > now ? [node] : []))
  }

  #put(
    { id, hash, addresses }: KnownPeerNode,
    { isOwnWord, provenAt, failures }: Pick<Entry, 'isOwnWord' | 'provenAt' | 'failures'>,
    known: Entry | undefined,
  ): void {
    if (addresses.length === 0) return
    const networks = networksOf(addresses)
    const dueAt = known?.dueAt ?? 0
    const entry: Entry = { node: { id, hash, addresses }, networks, isOwnWord, provenAt, failures, dueAt }
    if (known) this.#forget(known)
    if (this.#makeRoom(entry, known)) this.#add(entry)
    // The earlier entry was in the book, so it still fits.
    else if (known) this.#add(known)
  }

  /** @returns whether there is room for another node */
  #makeRoom(entry: Entry, known: Entry | undefined): boolean {
    const crowds = entry.networks.flatMap((network) => {
      const ids = this.#perNetwork.get(network)
      return ids && ids.size >= perNetworkMax ? [[...ids]] : []
    })
    if (this.#nodes.size >= this.#nodesMax) crowds.push([...this.#nodes.keys()])
    const gone = crowds.map((ids) => {
      const entries = ids.flatMap((id) => this.#nodes.get(id) ?? [])
      const one = this.#oneOf(entries.filter((each) => each.provenAt === undefined || hasFailed(each)))
      const old = one ? undefined : this.#oneOf(entries)
      if (old && entry.provenAt && !this.#test) this.#test = { old, next: entry, known }
      return one
    })
    if (gone.includes(undefined)) return false
    for (const each of gone) if (each && this.#nodes.has(each.node.id)) this.#forget(each)
    return true
  }

  #oneOf(entries: readonly Entry[]): Entry | undefined {
    return entries[Math.floor(this.#random() * entries.length)]
  }

  #add(entry: Entry): void {
    const { id } = entry.node
    this.#nodes.set(id, entry)
    for (const network of entry.networks) {
      const ids = this.#perNetwork.get(network)
      if (ids) ids.add(id)
      else this.#perNetwork.set(network, new Set([id]))
    }
  }

  #forget({ node: { id }, networks }: Entry): void {
    this.#nodes.delete(id)
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

function hasFailed({ failures }: Entry): boolean {
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
