import { addressToString } from '@ts2p/protocol'
import type { Address, PeerInfo, NodeId } from '@ts2p/protocol'
import type { ExchangeAllowance } from './exchange-policy.ts'
import type { DialCandidate } from './dial-plan.ts'

/** A node that is known, with its id both as text and as hash. */
export type KnownPeerNode = DialCandidate & PeerInfo

/** What the address book holds about a peer. */
export interface BookEntry {
  readonly node: KnownPeerNode
  /** The public networks in which the peer has addresses. */
  readonly networks: readonly string[]
  /** Whether the peer has announced its addresses itself, in a handshake that proved its id; otherwise they are hearsay. */
  readonly isAnnounced: boolean
  /** The address at which the peer has answered a dial, as long as it announces that address. */
  readonly provenAt: Address | undefined
  /** How many dials in a row have failed there. */
  readonly failures: number
  /** The peer is not dialed before this time, monotonic milliseconds. */
  readonly dueAt: number
}

/** The age of the connection with a peer. A connection that broke and is made again soon keeps its age. */
interface ConnectionAge {
  /** When the connection was first made, monotonic milliseconds. */
  readonly since: number
  /** When it broke, monotonic milliseconds; undefined while the peer is linked. */
  readonly brokeAt: number | undefined
}

/** The lists of nodes exchanged on the present connection with a peer. */
interface ExchangeState {
  /** When a list was last sent to the peer, monotonic milliseconds. */
  readonly sentAt: number
  /** How many more of its lists are believed; undefined before the first one. */
  readonly allowance: ExchangeAllowance | undefined
  /** Its latest list that was not believed. */
  readonly withheld?: readonly PeerInfo[] | undefined
}

/** All that this node knows about one peer. A field that is undefined says that nothing is known. */
export interface PeerRecord {
  readonly entry: BookEntry | undefined
  /** Whether the application has disconnected the peer and has not asked for it since. */
  readonly isDisconnected: boolean
  /** The peer is banned until this time, monotonic milliseconds. */
  readonly bannedUntil: number | undefined
  readonly age: ConnectionAge | undefined
  readonly exchange: ExchangeState | undefined
}

/** All that this node knows about one address, whichever peer answers there. */
export interface AddressRecord {
  readonly address: Address
  /** Whether the application has named the address. Such an address is dialed whenever there are few links. */
  readonly isSeed: boolean
  /** Whether there was a link at this address. */
  readonly hasAnswered: boolean
  /** Whether a link at this address broke. Such an address is dialed even when there are enough links. */
  readonly isLost: boolean
  /** Whether the address is being dialed to find a part of the network that may have been lost. */
  readonly isProbed: boolean
}

const emptyPeer: PeerRecord = {
  ...{ entry: undefined, isDisconnected: false, bannedUntil: undefined, age: undefined, exchange: undefined },
}

/**
 * What this node knows about peers and addresses, with one record for each. What is proven or claimed by a peer stands under its node id,
 * what concerns an address stands under the address. A record lives as long as one of its fields says something. The table has no limits of
 * its own: the module that writes a field limits how many records have it.
 */
export class PeerTable {
  readonly #peers = new Map<NodeId, PeerRecord>()
  readonly #addresses = new Map<string, AddressRecord>()

  /** How many peers have a record. */
  get peerCount(): number {
    return this.#peers.size
  }

  /** How many addresses have a record. */
  get addressCount(): number {
    return this.#addresses.size
  }

  /** The record of a peer; an empty one if nothing is known about it. */
  peer(id: NodeId): PeerRecord {
    return this.#peers.get(id) ?? emptyPeer
  }

  /** The peers that have a record. */
  peers(): Iterable<[NodeId, PeerRecord]> {
    return this.#peers.entries()
  }

  /** Sets some fields of a peer's record. */
  updatePeer(id: NodeId, changes: Partial<PeerRecord>): void {
    const record = { ...this.peer(id), ...changes }
    const { entry, isDisconnected, bannedUntil, age, exchange } = record
    if (entry || isDisconnected || bannedUntil !== undefined || age || exchange) this.#peers.set(id, record)
    else this.#peers.delete(id)
  }

  /** The record of an address; an empty one if nothing is known about it. */
  address(address: Address): AddressRecord {
    const record = this.#addresses.get(addressToString(address))
    return record ?? { address, isSeed: false, hasAnswered: false, isLost: false, isProbed: false }
  }

  /** The addresses that the application has named, in the order in which it named them. */
  seeds(): Address[] {
    return [...this.#addresses.values()].flatMap(({ address, isSeed }) => (isSeed ? [address] : []))
  }

  /** Sets some fields of an address's record. */
  updateAddress(address: Address, changes: Partial<Omit<AddressRecord, 'address'>>): void {
    const name = addressToString(address)
    const before = this.address(address)
    const record = { ...before, ...changes }
    const isEmpty = !record.isSeed && !record.hasAnswered && !record.isLost && !record.isProbed
    // A new seed goes behind the others.
    if (isEmpty || (record.isSeed && !before.isSeed)) this.#addresses.delete(name)
    if (!isEmpty) this.#addresses.set(name, record)
  }
}
