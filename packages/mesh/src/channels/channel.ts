import type { Connection } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'

/**
 * What a layer decides about a message. 'accept': a broadcast is passed on. 'ignore': it is not. 'reject': the neighbor
 * broke the protocol, and its link closes. 'ban': the link closes, and that node is not linked for `limits.banMs`.
 */
export type Verdict = 'accept' | 'ignore' | 'reject' | 'ban'

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
  /** Judges a broadcast of the channel before it is passed on. `source` has sent it, `from` has brought it here. Default 'ignore'. */
  onBroadcast?(payload: Uint8Array, arrival: { readonly source: NodeId; readonly from: Connection }): Verdict
  /** Takes a message that a neighbor has sent to this node. 'accept' and 'ignore' are the same. Default 'ignore'. */
  onMessage?(payload: Uint8Array, from: Connection): Verdict
  /** A node has become a neighbor. */
  onPeerUp?(peer: Connection): void
  /** A node is no neighbor anymore. */
  onPeerDown?(peer: Connection): void
  /** The link of a neighbor takes data again. Broadcasts have left it out meanwhile: the two sides may differ. */
  onDrain?(peer: Connection): void
  /** Called twice a second. @param now monotonic milliseconds */
  onSweep?(now: number): void
}

/** What a channel needs of the mesh. */
export interface ChannelPort {
  broadcast(payload: Uint8Array): number
  send(peer: Connection, payload: Uint8Array, isUrgent: boolean): void
  report(code: string, message: string): void
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
   * @returns to how many neighbors it goes at once
   * @throws {MessageTooLargeError} when it does not fit into a frame of `limits.frameBytesMax`
   */
  broadcast(payload: Uint8Array): number {
    return this.#port.broadcast(payload)
  }

  /**
   * Sends a message to a neighbor. Messages arrive in order while the link lives, except that urgent ones overtake the others.
   * @param options.urgent for short messages that must not wait behind others; default false
   */
  send(peer: Connection, payload: Uint8Array, options: { readonly urgent?: boolean } = {}): void {
    this.#port.send(peer, payload, options.urgent === true)
  }

  /** Records an issue of the layer: one entry for each code. */
  report(code: string, message: string): void {
    this.#port.report(code, message)
  }

  /** Ends the channel: its handler is not called anymore. Its terms stay. */
  close(): void {
    this.#port.close()
  }
}
