import type { Address, Limits, NodeId, OwnIdentity, Subnet } from '@ts2p/protocol'
import type { Environment } from './environment/environment.ts'
import type { Connection } from './links/connection.ts'
import type { ListenOption } from './dialing/address-option.ts'
import type { Transport } from './links/transport.ts'

/** Who asks to be linked. */
export interface Candidate {
  readonly id: NodeId
  readonly host: string
}

/** Who asks for a place among the links. */
export interface InboundPeer {
  readonly id: NodeId
  /** The host that it dials from, as this node sees it. */
  readonly host: string
  /** It cannot be dialed. */
  readonly isDialOnly: boolean
  /** It asks for a place though there may be none left: it says that it has no link with any node, or has lost some. */
  readonly isHighPriority: boolean
  /** Others of its kind, dialable or not, that were given a place and whose handshake is not done yet. */
  readonly before: number
}

/** The ids of those who may be linked, or a rule. */
export type AdmissionRule = readonly NodeId[] | ((candidate: Candidate) => boolean)

/** What a `BaseSocket` is made of. */
export interface BaseSocketOptions {
  readonly identity: OwnIdentity
  /** What nodes must have in common, or what gives it when it is first needed. */
  readonly subnet: Subnet | (() => Subnet)
  readonly environment: Environment
  /** All of the subnet's security; the first is the default. */
  readonly transports: readonly Transport[]
  /** Where to listen: a port of 127.0.0.1, `tcp://0.0.0.0:4444`, or its parts; one or several. Default nowhere: this node only dials. */
  readonly listen?: ListenOption | readonly ListenOption[]
  /** Addresses to give to others instead of those listened on, for a node behind a router. */
  readonly advertise?: readonly Address[]
  readonly limits?: Partial<Limits>
  /** Who may be linked, by id or by a rule, once it has proven its id; default everyone. */
  readonly allow?: AdmissionRule
  /**
   * Hosts (IP addresses) of reverse proxies in front of this node. Links from there come from many machines, so that they are
   * not counted per host; default none. Loopback addresses are not counted among the established links either.
   */
  readonly trustedProxies?: readonly string[]
  /**
   * Closes the network: only nodes with the same secret are linked. At least 16 bytes, or characters, that nobody can
   * guess; default none.
   */
  readonly secret?: string | Uint8Array
}

/** The names of the options of a `BaseSocket`. */
export const baseOptionNames: readonly string[] = Object.keys({
  identity: true,
  subnet: true,
  environment: true,
  transports: true,
  listen: true,
  advertise: true,
  limits: true,
  allow: true,
  trustedProxies: true,
  secret: true,
} satisfies Record<keyof BaseSocketOptions, true>)

/** A dial, and whom to tell of its outcome. */
export interface DialAttempt {
  readonly address: Address
  resolve(connection: Connection): void
  reject(error: Error): void
}

/** The node that answers at a persistent address. */
export interface PersistentPeerOwner {
  readonly id: NodeId
  /** Whether it has proven there who it is; otherwise somebody says so. */
  readonly isProven: boolean
}

/** An address that is dialed whenever it is not linked. */
export interface PersistentPeer {
  readonly address: Address
  /** How often it has failed in a row. */
  readonly failures: number
  /** The node that answers there, as far as it is known. */
  readonly peerId: NodeId | undefined
  /** Whether that node has proven there who it is. */
  readonly isProven: boolean
  /** Whether that node is linked, in either direction. */
  readonly isLinked: boolean
}
