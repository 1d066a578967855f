import type { Address, KnownPeer, NodeId } from '@ts2p/protocol'
import { networkOf } from './membership.ts'
import type { Candidate } from './membership.ts'

/** A node that is known, with its id both as text and as hash. */
export type KnownPeerNode = Candidate & KnownPeer

interface Entry {
  readonly node: KnownPeerNode
  /** Not dialled before, monotonic milliseconds. */
  dueAt: number
}

/** Nodes known in one public /16 network: whoever owns a few of those must not fill the book. */
const perNetworkMax = 4

/** The nodes known and where they can be dialled, at most so many. When it is full, one goes at random: so nobody can push out all others. */
export class AddressBook {
  readonly #nodesMax: number
  readonly #random: () => number
  readonly #nodes = new Map<NodeId, Entry>()
  readonly #perNetwork = new Map<string, Set<NodeId>>()

  constructor(options: { random: () => number; nodesMax?: number }) {
    this.#nodesMax = options.nodesMax ?? 256
    this.#random = options.random
  }

  learn({ id, hash, addresses }: KnownPeerNode): void {
    const known = this.#nodes.get(id)
    if (addresses.length === 0) return
    if (known) this.#forget(known)
    for (const ids of this.#crowded(addresses)) this.#forgetOneOf([...ids])
    if (this.#nodes.size >= this.#nodesMax) this.#forgetOneOf([...this.#nodes.keys()])
    this.#nodes.set(id, { node: { id, hash, addresses }, dueAt: known?.dueAt ?? 0 })
    for (const network of networksOf(addresses)) {
      const ids = this.#perNetwork.get(network)
      if (ids) ids.add(id)
      else this.#perNetwork.set(network, new Set([id]))
    }
  }

  /** Where a node can be dialled; empty if that is not known. */
  addressesOf(id: NodeId): readonly Address[] {
    return this.#nodes.get(id)?.node.addresses ?? []
  }

  /** There is no link to be had at an address: leave it alone for so many milliseconds. */
  rest(address: Address, now: number, restMs: number): void {
    for (const entry of this.#nodes.values()) {
      if (entry.node.addresses.some(({ host, port }) => host === address.host && port === address.port))
        entry.dueAt = now + restMs
    }
  }

  /** The nodes that may be dialled now. */
  candidates(now: number): KnownPeerNode[] {
    const candidates: KnownPeerNode[] = []
    for (const { node, dueAt } of this.#nodes.values()) if (dueAt <= now) candidates.push(node)
    return candidates
  }

  /** The nodes that are left alone for now. */
  resting(now: number): KnownPeerNode[] {
    return [...this.#nodes.values()].flatMap(({ node, dueAt }) => (dueAt > now ? [node] : []))
  }

  #crowded(addresses: readonly Address[]): ReadonlySet<NodeId>[] {
    return networksOf(addresses).flatMap((network) => {
      const ids = this.#perNetwork.get(network)
      return ids && ids.size >= perNetworkMax ? [ids] : []
    })
  }

  #forgetOneOf(ids: readonly NodeId[]): void {
    const id = ids[Math.floor(this.#random() * ids.length)]
    const entry = id === undefined ? undefined : this.#nodes.get(id)
    if (entry) this.#forget(entry)
  }

  #forget({ node: { id, addresses } }: Entry): void {
    this.#nodes.delete(id)
    for (const network of networksOf(addresses)) {
      const ids = this.#perNetwork.get(network)
      ids?.delete(id)
      if (ids?.size === 0) this.#perNetwork.delete(network)
    }
  }
}

/** The public networks in which a node has addresses. */
function networksOf(addresses: readonly Address[]): string[] {
  const networks = addresses.flatMap(({ host }) => networkOf(host) ?? [])
  return [...new Set(networks)]
}
