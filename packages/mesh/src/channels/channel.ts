import { ArgumentError } from '@ts2p/base'
import type { Connection, Failure } from '@ts2p/base'
import { statementBytesMax } from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'
import type { MessageProof } from '../signing/signer.ts'

/**
 * What a layer decides about a message. 'accept': a broadcast is passed on. 'ignore': it is not. 'reject': the neighbor
 * broke the protocol, and its link closes. 'ban': the link closes, and that node is not linked for `limits.banMs`.
 */
export type Verdict = 'accept' | 'ignore' | 'reject' | 'ban'

/** How a broadcast has come. */
export interface BroadcastArrival {
  /** The node that has sent it. */
  readonly source: NodeId
  /** The neighbor that has brought it here. */
  readonly from: Connection
  /** The source's signature, which was verified; undefined with `signing: false`, where nothing proves who the source is. */
  readonly proof: MessageProof | undefined
}

/**
 * A layer above the mesh, as the mesh knows it. Calls come from the data path: they do not wait. An error that `onBroadcast` or `onMessage`
 * throws closes the link. One that another function throws is reported as the issue 'channel-failed'.
 */
export interface ChannelHandler {
  /**
   * What nodes must have in common for this layer, by name; default nothing. It is part of the subnet: nodes whose terms differ refuse each
   * other, and the error names the terms. Names and values have at most 128 bytes, and no control characters.
   */
  readonly terms?: Readonly<Record<string, string>>
  /** Judges a broadcast of the channel before it is passed on. Default 'ignore'. */
  onBroadcast?(payload: Uint8Array, arrival: BroadcastArrival): Verdict
  /** Takes a message that a neighbor has sent to this node. 'accept' and 'ignore' are the same. Default 'ignore'. */
  onMessage?(payload: Uint8Array, from: Connection): Verdict
  /** A node has become a neighbor. */
  onPeerUp?(peer: Connection): void
  /** A node is no neighbor anymore. */
  onPeerDown?(peer: Connection): void
  /** The link of a neighbor takes data again. Broadcasts have left it out meanwhile: the two sides may differ. */
  onDrain?(peer: Connection): void
  /**
   * The node's socket was closed: called once, in that call. Reject what waits in the layer, and stop its timers. If a promise is returned, the
   * links stay until it is settled, and the layer may send until then: bound that time.
   */
  onClose?(): Promise<void> | void
  /** Called twice a second. @param now monotonic milliseconds */
  onMaintenance?(now: number): void
}

/** A broadcast that is on its way. */
export interface SentBroadcast {
  /** To how many neighbors it goes at once. */
  readonly neighbors: number
  /** This node's signature of it and of the statement; undefined with `signing: false`. */
  readonly proof: MessageProof | undefined
}

/** What a channel needs of the mesh. */
export interface ChannelPort {
  broadcast(payload: Uint8Array, statement: Uint8Array | undefined): SentBroadcast
  send(peer: Connection, payload: Uint8Array, isUrgent: boolean): void
  report(code: string, message: string, failure?: Failure): void
  close(): void
}

/** A layer's way to the same layer of other nodes. Layers do not see each other's messages. */
export class Channel {
  /** The name that all nodes give it. */
  readonly name: string
  readonly #port: ChannelPort

  constructor(name: string, port: ChannelPort) {
    this.name = name
    this.#port = port
  }

  /**
   * Sends a message to every node of the network that has the channel open, at once. It reaches each once, in the order in which nodes pass
   * it on. Nodes without the channel do not pass it on.
   * @param options.statement at most 64 bytes that this node signs together with the message; default none. Nodes that get the statement
   *   without the message can verify it by `signedMessage` of `@ts2p/protocol` with what is returned. Begin it with a text of the layer's own, since
   *   it is then valid without the channel, and never sign one that another node has chosen
   * @throws {MessageTooLargeError} when it does not fit into a frame of `limits.frameBytesMax`
   * @throws {ArgumentError} The statement is too long.
   */
  broadcast(payload: Uint8Array, options: { readonly statement?: Uint8Array } = {}): SentBroadcast {
    const { statement } = options
    if (statement && statement.length > statementBytesMax) {
      throw new ArgumentError('statement', `at most ${statementBytesMax} bytes`, statement.length)
    }
    return this.#port.broadcast(payload, statement)
  }

  /**
   * Sends a message to a neighbor. Messages arrive in order while the link lives, except that urgent ones overtake the others.
   * @param options.urgent for short messages that must not wait behind others; default false
   */
  send(peer: Connection, payload: Uint8Array, options: { readonly urgent?: boolean } = {}): void {
    this.#port.send(peer, payload, options.urgent === true)
  }

  /** Records an issue of the layer: one entry for each code. */
  report(code: string, message: string, failure?: Failure): void {
    this.#port.report(code, message, failure)
  }

  /** Ends the channel: its handler is not called anymore. Its terms stay. */
  close(): void {
    this.#port.close()
  }
}
