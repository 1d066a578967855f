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
  /** Whether it has answered a dial at one of its addresses. */
  readonly isProven: boolean
  /** Whether the last dial reached nobody there. */
  hasFailed: boolean
  /** Not dialed before, monotonic milliseconds. */
  dueAt: number
}

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
  #test: { readonly old: Entry; readonly next: Entry } | undefined

  constructor(options: { random: () => number; nodesMax?: number }) {
    this.#nodesMax = options.nodesMax ?? 256
    this.#random = options.random
  }

  /** A node has told its addresses in a handshake. @param isProven it was dialed at one of them */
  learn(node: KnownPeerNode, { isProven }: { readonly isProven: boolean }): void {
    const known = this.#nodes.get(node.id)
    this.#put(node, { isOwnWord: true, isProven: isProven || known?.isProven === true, hasFailed: false }, known)
  }

  /** Somebody else has told of a node. */
  hear(node: KnownPeerNode): void {
    const known = this.#nodes.get(node.id)
    if (known && ((known.isOwnWord && !known.hasFailed) || hasSameAddresses(known.node, node))) return
    this.#put(node, { isOwnWord: false, isProven: false, hasFailed: known?.hasFailed === true }, known)
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
      entry.hasFailed ||= isSilent
    }
    if (this.#test && isAt(this.#test.old.node, address)) this.#endTest(isSilent)
  }

  /** An address to dial once, to see whether the node there may be replaced; undefined if there is none. */
  get addressToTest(): Address | undefined {
    return this.#test?.old.node.addresses[0]
  }

  /** The node at an address has answered. */
  answered(address: Address): void {
    if (this.#test && isAt(this.#test.old.node, address)) this.#endTest(false)
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
    trust: Pick<Entry, 'isOwnWord' | 'isProven' | 'hasFailed'>,
    known: Entry | undefined,
  ): void {
    if (addresses.length === 0) return
    const networks = networksOf(addresses)
    const entry: Entry = { node: { id, hash, addresses }, networks, ...trust, dueAt: known?.dueAt ?? 0 }
    if (known) this.#forget(known)
    if (this.#makeRoom(entry)) this.#add(entry)
    // It was there before, so that there is room for what it was.
    else if (known) this.#add(known)
  }

  /** @returns whether there is room for another node */
  #makeRoom(entry: Entry): boolean {
    const crowds = entry.networks.flatMap((network) => {
      const ids = this.#perNetwork.get(network)
      return ids && ids.size >= perNetworkMax ? [[...ids]] : []
    })
    if (this.#nodes.size >= this.#nodesMax) crowds.push([...this.#nodes.keys()])
    for (const ids of crowds) if (!this.#forgetOneOf(ids, entry)) return false
    return true
  }

  #forgetOneOf(ids: readonly NodeId[], next: Entry): boolean {
    const entries = ids.flatMap((id) => this.#nodes.get(id) ?? [])
    const gone = this.#oneOf(entries.filter(({ isProven, hasFailed }) => !isProven || hasFailed))
    if (gone) this.#forget(gone)
    else if (next.isProven && !this.#test) this.#startTest(this.#oneOf(entries), next)
    return gone !== undefined
  }

  #startTest(old: Entry | undefined, next: Entry): void {
    if (old) this.#test = { old, next }
  }

  #endTest(isReplaced: boolean): void {
    const test = this.#test
    this.#test = undefined
    if (!isReplaced || !test || this.#nodes.get(test.old.node.id) !== test.old) return
    this.#forget(test.old)
    this.#put(test.next.node, test.next, undefined)
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

function hasSameAddresses(a: KnownPeerNode, b: KnownPeerNode): boolean {
  return a.addresses.length === b.addresses.length && b.addresses.every((address) => isAt(a, address))
}

/** The public networks in which a node has addresses. */
function networksOf(addresses: readonly Address[]): string[] {
  const networks = addresses.flatMap(({ host }) => networkOf(host) ?? [])
  return [...new Set(networks)]
}
