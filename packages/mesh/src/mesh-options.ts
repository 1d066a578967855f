import { checkKnown, waitOptionNames } from '@ts2p/base'
import type {
  AddressOption,
  AdmissionRule,
  Connection,
  Environment,
  ListenOption,
  RefusedError,
  Transport,
  WaitOptions,
} from '@ts2p/base'
import type { Address, Limits, OwnIdentity } from '@ts2p/protocol'
import type { PeerCache } from './membership/peer-cache.ts'
import type { Packet } from './messages/message.ts'

/** What a `MeshSocket` is made of; only `transports` is needed. */
export interface MeshSocketOptions {
  /** The application's description of its subnet; nodes of another are refused. Default 'mesh'. */
  readonly subnet?: string
  /**
   * Whether the sources of messages sign them, so that no other node can make or change them; default true. All nodes of a network must say the
   * same. Turn it off only where all nodes trust each other.
   */
  readonly signing?: boolean
  /** Ways to other nodes, all plaintext or all TLS; the first is the default for `listen` and `connect`. */
  readonly transports: readonly Transport[]
  /** Where to listen: a port of 127.0.0.1, `tcp://0.0.0.0:4444`, or its parts; one or several. Default nowhere: this node only dials, as browsers do. */
  readonly listen?: ListenOption | readonly ListenOption[]
  /** Addresses to give to other nodes instead of those listened on, for a node behind a router. */
  readonly advertise?: readonly Address[]
  /**
   * Addresses of nodes of the network to join, such as `tcp://10.0.0.7:4444`: dialed once this node listens, and whenever it has few links.
   * `open` waits for the first link; `connect` does the same for one address, and rejects if nobody answers there. Default none.
   */
  readonly join?: AddressOption | readonly AddressOption[]
  /** How long `open` waits at most for the first link of `join`, milliseconds; default 2,000. The node goes on dialing afterwards. */
  readonly joinMs?: number
  /** Keeps the nodes known, so that this node finds its network again when it is started anew; default nothing. */
  readonly knownNodes?: PeerCache
  /** Who this node is, by `identityFromSeed`; default: someone new. */
  readonly identity?: OwnIdentity
  /** Clock, timers, randomness and log; default the platform's. */
  readonly environment?: Environment
  /** Limits that differ from the default ones. */
  readonly limits?: Partial<Limits>
  /** Who may be linked, by id or by a rule, once it has proven its id; default everyone. */
  readonly allow?: AdmissionRule
  /**
   * Hosts (IP addresses) of reverse proxies in front of this node. Links from there come from many machines, so that they are
   * not counted per host; default none.
   */
  readonly trustedProxies?: readonly string[]
  /** Closes the network: only nodes with the same secret, of at least 16 bytes that nobody can guess, are linked. */
  readonly secret?: string | Uint8Array
}

/** The names of `MeshSocketOptions`. */
export const meshOptionNames: readonly string[] = Object.keys({
  subnet: true,
  signing: true,
  transports: true,
  listen: true,
  advertise: true,
  join: true,
  joinMs: true,
  knownNodes: true,
  identity: true,
  environment: true,
  limits: true,
  allow: true,
  trustedProxies: true,
  secret: true,
} satisfies Record<keyof MeshSocketOptions, true>)

/** What a mesh socket tells. */
export interface MeshSocketEvents {
  /** The node has joined the network: it has its first link, or its first again after it had lost all. */
  connect: []
  /** The node has lost its last link. It keeps trying to return. */
  disconnect: []
  /** A node has become a neighbor: it is in `routingTable`. */
  'peer-connect': [connection: Connection]
  /** A node is no neighbor anymore: it is no longer in `routingTable`. */
  'peer-disconnect': [connection: Connection]
  /** A message that no handler took is there to be had by `recv()`. */
  message: []
  /** A handshake was refused, by this side or the other. */
  refused: [error: RefusedError]
  /** `close` was called: told once, in that call. Nothing can be sent from here on. */
  close: []
}

/** How to send. */
export interface SendOptions {
  /** 'broadcast' (default): to every node of the network. 'whisper': to the neighbors. */
  readonly flag?: 'broadcast' | 'whisper'
  /** The first packet of the message; default the flag. Types that begin with `ts2p/` are ts2p's own: only handlers see messages to one node with such a type. */
  readonly type?: Packet
}

/** The arguments of `connect`: an address and how long to wait, or host, port and the name of the transport. */
export type ConnectArguments =
  | [address: AddressOption, options?: WaitOptions | undefined]
  | [host: string, port: number, transport?: string | undefined]

/** How to ask one node. `timeoutMs`: how long to wait for an answer, default 10,000. */
export interface RequestOptions extends WaitOptions {
  /** The first packet of the message; default 'request'. */
  readonly type?: Packet
}

/** The names of the options of the methods that send. */
export const sendOptionNames: readonly string[] = Object.keys({
  flag: true,
  type: true,
} satisfies Record<keyof SendOptions, true>)
export const requestOptionNames: readonly string[] = ['type', ...waitOptionNames]

/** The arguments of `connect`, of either form. @throws {ArgumentError} The options are none. */
export function connectArguments([address, second, transport]: ConnectArguments): [AddressOption, WaitOptions] {
  if (second === undefined || typeof second === 'object') {
    checkKnown('options', second ?? {}, waitOptionNames)
    return [address, second ?? {}]
  }
  const host = address as string
  return [{ host, port: second, ...(transport !== undefined && { transport }) }, {}]
}
