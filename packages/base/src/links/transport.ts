import type { Security } from '@ts2p/protocol'

/**
 * Carries bytes between two nodes. base-socket knows no other way to the network, so whatever implements this
 * (TCP, WebSocket, a simulator, a third party's) carries ts2p.
 */
export interface Transport {
  /** How addresses name it, such as 'tcp' or 'ws'. */
  readonly name: string
  /** How the bytes are encrypted on the way. Part of the subnet's id, so that two kinds never share a subnet. */
  readonly security: Security
  /**
   * Accepts links at a host and port; port 0 asks for a free one. Absent where the platform cannot listen (browsers).
   * `onLink` is called as soon as the platform has accepted a link, before any encryption (see PendingLink). The link opens when it is ready.
   * @throws {AddressInUseError} The port is taken.
   * @throws {ListenError} It cannot listen there for another reason.
   */
  listen?(host: string, port: number, onLink: (link: Link) => void): Promise<Listener>
  /** Begins to dial. The outcome is told to the link's handler: `onOpen`, or `onClose` with an UnreachableError. */
  dial(host: string, port: number): Link
}

/** A transport's open door. */
export interface Listener {
  /** The address listened on: with port 0 asked for, the port that was given. */
  readonly host: string
  readonly port: number
  /** Accepts no more links; those accepted stay. Resolves once the port is free. */
  close(): Promise<void>
}

/** A reliable, ordered, duplex stream of bytes to one other node. */
export interface Link {
  /** The other side's host as this side sees it; empty where the platform does not tell. */
  readonly remoteHost: string
  /** Of a link that was dialed by a name, once open: the IP address that the name led to. Undefined where the platform does not tell. */
  readonly remoteIp?: string | undefined
  /** Where the platform does not tell that: whether a name counts as one of a public address. Default false. */
  readonly isPublicName?: boolean | undefined
  /**
   * Once open, bytes that both ends of this encrypted channel know and no other channel has (RFC 5056): whoever signs them
   * shows that nobody sits in the middle. Undefined for a link that is not encrypted, or where the platform does not tell.
   */
  readonly channelBinding?: Uint8Array | undefined
  /** Bytes given to `write` that have not left this process yet. */
  readonly bufferedBytes: number
  /** Hands over the one handler; called once, in the same turn in which the link was made. Nothing is lost before it. */
  attach(handler: LinkHandler): void
  /** Sends the chunks as one write. Never throws; on a link that has ended it does nothing. */
  write(chunks: readonly Uint8Array[]): void
  /** Asks for no more data until `resume`. A few chunks that are under way may still arrive. */
  pause(): void
  resume(): void
  /** Sends what is buffered, then ends the link. */
  close(): void
  /** Ends the link at once; what is buffered is lost. */
  destroy(): void
}

/** What a link tells. Always in a turn of its own, never from inside a call to the link or to `dial`. */
export interface LinkHandler {
  /** The link carries data from now on. Called once, first. */
  onOpen(): void
  /** The chunk is the handler's to keep: the transport neither changes nor reuses it. */
  onData(chunk: Uint8Array): void
  /** `bufferedBytes` has gone down to zero. */
  onDrain(): void
  /** The link has ended: without an error after `close` on either side or `destroy` on this one. Called once, last. */
  onClose(error: Error | undefined): void
}

/** Bytes of frames that a link has carried. */
export interface Traffic {
  readonly sentBytes: number
  readonly receivedBytes: number
}
