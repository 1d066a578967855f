import { ArgumentError, checkKnown, Connection, PublicEmitter, untilClosed, waitFor, waitOptionNames } from '@ts2p/base'
import type { Issue, Link, WaitOptions } from '@ts2p/base'
import type { Address, Limits, NodeId, Subnet } from '@ts2p/protocol'
import type { Channel, ChannelHandler } from './channels/channel.ts'
import { firstLink } from './membership/first-link.ts'
import type { DeliveryObserver } from './broadcast/delivery-trace.ts'
import type { MessageHandler } from './messages/application-inbox.ts'
import type { MeshMetrics } from './mesh-metrics.ts'
import { assertNodeId } from './complete-options.ts'
import { MeshNode } from './mesh-node.ts'
import type { CallHandler } from './messages/procedures.ts'
import { connectArguments, requestOptionNames, sendOptionNames } from './mesh-options.ts'
import type { ConnectArguments, MeshSocketEvents, MeshSocketOptions } from './mesh-options.ts'
import type { RequestOptions, SendOptions } from './mesh-options.ts'
import type { Message, Packet } from './messages/message.ts'
import { packetsToBytes } from './messages/packets.ts'
import { peerOf } from './peer.ts'
import type { Peer } from './peer.ts'
import type { TreeView } from './broadcast/tree-view.ts'

/**
 * A node of a mesh: one address is enough to join, a broadcast reaches every node of a connected network exactly
 * once, and a message to one reaches a node that is no neighbor.
 */
export class MeshSocket extends PublicEmitter<MeshSocketEvents> {
  readonly #node: MeshNode

  /**
   * @throws {ArgumentError} No transport, or transports of different security.
   */
  constructor(options: MeshSocketOptions) {
    super((error) =>
      this.#node.base.report('listener-failed', `A listener of the application failed: ${String(error)}`, { error }),
    )
    this.#node = new MeshNode(options, {
      onConnect: () => this.emitIsolated('connect'),
      onDisconnect: () => this.emitIsolated('disconnect'),
      onPeerConnect: (connection) => this.emitIsolated('peer-connect', connection),
      onPeerDisconnect: (connection) => this.emitIsolated('peer-disconnect', connection),
      onMessage: () => this.emitIsolated('message'),
      onRefused: (error) => this.emitIsolated('refused', error),
    })
    this.#node.base.on('close', () => this.emitIsolated('close'))
  }

  /**
   * Makes a socket that listens and has joined its network: see `join`. If that fails, the socket is closed.
   * @throws as the constructor and `join`
   */
  static async open(options: MeshSocketOptions, wait: WaitOptions = {}): Promise<MeshSocket> {
    const socket = new MeshSocket(options)
    return openOrClose(socket, () => socket.join(wait))
  }

  /** What nodes must have in common with this one. */
  get subnet(): Subnet {
    return this.#node.subnet
  }

  /** This node's id. */
  get id(): NodeId {
    return this.#node.base.identity.id
  }

  /** The addresses listened on. */
  get addresses(): readonly Address[] {
    return this.#node.base.addresses
  }

  /** The addresses told to other nodes; an empty host stands for the one that they see. */
  get advertised(): readonly Address[] {
    return this.#node.base.advertised
  }

  /** The linked nodes by id; undefined while there is none, so that it can be asked whether the node is connected. */
  get routingTable(): ReadonlyMap<NodeId, Connection> | undefined {
    return this.#node.base.connections.size > 0 ? this.#node.base.connections : undefined
  }

  /** The neighbors by id, as they are now. */
  get peers(): ReadonlyMap<NodeId, Peer> {
    const { base, environment } = this.#node
    return new Map([...base.connections].map(([id, connection]) => [id, peerOf(connection, environment)]))
  }

  /** Whether this node has a neighbor. */
  get isConnected(): boolean {
    return this.#node.base.connections.size > 0
  }

  /** For how long this node has had no neighbor, milliseconds; undefined while it has one, and before it has had the first. */
  get isolatedMs(): number | undefined {
    return this.#node.isolatedMs
  }

  /** The links that this node dialed. */
  get outgoing(): readonly Connection[] {
    return [...this.#node.base.connections.values()].filter(({ direction }) => direction === 'dialed')
  }

  /** What is wrong with this node, or was: one entry for each code; empty if nothing is. */
  get issues(): readonly Issue[] {
    return this.#node.base.issues
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#node.base.isClosed
  }

  /** The limits in force. */
  get limits(): Limits {
    return this.#node.base.limits
  }

  /**
   * Starts listening where the options say. `connect` does so too.
   * @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError}
   */
  listen(): Promise<void> {
    return untilClosed(this, 'listen', this.#node.listen())
  }

  /**
   * Starts listening, and joins the network by the addresses of the option `join`. Resolves when linked with one node; without such addresses,
   * at once. If nobody answers within `joinMs`, it resolves unlinked, since this node may be the first: the issue 'not-joined' says so, and the
   * addresses are dialed until a node answers.
   * @param options default: `joinMs` alone limits the wait
   * @throws {RefusedError} The nodes there refuse this one. @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError} @throws {TimeoutError}
   */
  async join(options: WaitOptions = {}): Promise<void> {
    const { seeds, joinMs, environment, base } = this.#node
    const onAlone = (): void =>
      base.report(
        'not-joined',
        `None of the addresses in join answered within ${joinMs} ms. They are dialed until one does; if this is not the first node, check them.`,
      )
    const join = async (): Promise<void> => {
      await Promise.all([firstLink(this, { seeds, joinMs, environment, onAlone }), this.#node.listen()])
    }
    await untilClosed(this, 'join', this.#wait('join', options, join))
  }

  /**
   * Joins the network of the node at this address, and stays: if the link is lost it is dialed again, with growing
   * pauses, and the other nodes that it told of are dialed too. Resolves when linked.
   * @param target an address, such as `tcp://10.0.0.7:4444`, and how long to wait, by default as long as `limits.handshakeMs` says; or host,
   *   port and the name of a transport, by default the first. After an abort or a timeout the node has no link by this call.
   * @throws {UnreachableError} @throws {RefusedError} @throws {HandshakeFailedError} @throws {ClosedError} @throws {TimeoutError}
   * @throws {ArgumentError} The host is empty, the port is not from 1 to 65535, or there is no such transport.
   */
  async connect(...target: ConnectArguments): Promise<void> {
    const [address, wait] = connectArguments(target)
    let isWanted = true
    const connect = (): Promise<void> => this.#node.connect(address, () => isWanted)
    try {
      await untilClosed(this, 'connect', this.#wait('connect', wait, connect))
    } finally {
      isWanted = false
    }
  }

  /**
   * Ends the link with a node, and has none with it until `connect`: it is not dialed, and refused when it dials.
   * @param peer its id, or its link @returns whether there was a link @throws {ArgumentError}
   */
  disconnect(peer: NodeId | Connection): boolean {
    if (!(peer instanceof Connection)) assertNodeId(peer)
    const connection = peer instanceof Connection ? peer : this.#node.base.connections.get(peer)
    if (connection) this.#node.disconnect(connection)
    return connection !== undefined
  }

  /**
   * Sends a message, to all or to the neighbors; with all others to all of this turn when it ends.
   * @param packets strings and Uint8Arrays
   * @returns to how many neighbors it goes at once. Those that take messages too slowly are told of a broadcast, and ask for
   *   it when they can; they miss a whisper, which `issues` tells. `writable()` says when all take messages again
   * @throws {ArgumentError} @throws {MessageTooLargeError} @throws {ClosedError}
   */
  send(packets: readonly Packet[], options: SendOptions = {}): number {
    this.#node.assertOpen('send')
    checkKnown('options', options, sendOptionNames)
    const flag = options.flag ?? 'broadcast'
    if (flag !== 'broadcast' && flag !== 'whisper') throw new ArgumentError('flag', "'broadcast' or 'whisper'", flag)
    const bytes = packetsToBytes(options.type ?? flag, packets)
    return flag === 'broadcast' ? this.#node.plumtree.send(bytes) : this.#node.neighborMessages.send(bytes)
  }

  /**
   * Resolves when none of the neighbors that the next broadcast is sent to has more than `sendQueueSoftBytes` waiting for it, and none
   * lacks a broadcast that it has not asked for yet. Resolves at once if that is so. Await it when sending much. Neighbors that receive
   * this node's broadcasts from others are not waited for.
   * @param options default: waits without end
   * @throws {ClosedError} @throws {TimeoutError} @throws {ArgumentError}
   */
  async writable(options: WaitOptions = {}): Promise<void> {
    await this.#wait('wait for slow neighbors', options, () => this.#node.plumtree.writable())
  }

  /**
   * Sends a message to one node, wherever it is in the network, or to this node itself. Resolves when that node has it. A node delivers each
   * message once; messages that take different routes may overtake each other. At most 1 MiB is under way to one node, and the rest waits in
   * memory: await the promise to send no faster than the node takes. The type of the message is 'whisper' unless the options name another.
   * @param options `signal` and `timeoutMs` end the wait only, by default there is no limit: the message may arrive all the same
   * @throws {PeerLostError} when the node cannot be reached: its link ended or there was none, and it did not answer two questions for its
   *   route, each within max(300 ms, 4 round trips)
   * @throws {MessageTooLargeError} @throws {ArgumentError} @throws {ClosedError} @throws {TimeoutError}
   */
  async sendTo(
    id: NodeId,
    packets: readonly Packet[],
    options: Pick<SendOptions, 'type'> & WaitOptions = {},
  ): Promise<void> {
    this.#node.assertOpen('send')
    checkKnown('options', options, requestOptionNames)
    assertNodeId(id)
    const { type = 'whisper', ...wait } = options
    const bytes = packetsToBytes(type, packets)
    await this.#wait('send', wait, () => this.#node.direct.send(id, bytes))
  }

  /**
   * Sends a message to one node, as `sendTo`, and resolves with its answer: what its application gives to `reply()` on the message.
   * @throws {RequestTimeoutError} when no answer comes within `timeoutMs`, milliseconds, default 10,000
   * @throws {PeerLostError} as `sendTo`, also after the node has received the request
   * @throws {RemoteError} when the handler of the other node throws
   * @throws {MessageTooLargeError} @throws {ArgumentError} @throws {ClosedError}
   */
  async request(id: NodeId, packets: readonly Packet[], options: RequestOptions = {}): Promise<Message> {
    checkKnown('options', options, requestOptionNames)
    return this.#node.request(id, packets, options)
  }

  /**
   * Answers calls of a procedure, by any node: `node.handle('sum', ({ a, b }) => a + b)`. The arguments are what the caller sent: check them.
   * Arguments and results are JSON.
   * @returns removes the handler @throws {ArgumentError} The name is not of 1 to 256 characters, or has a handler already.
   */
  handle<A = unknown, R = unknown>(name: string, handler: CallHandler<A, R>): () => void {
    return this.#node.procedures.handle(name, handler)
  }

  /**
   * Calls a procedure of a node, wherever it is in the network; this node itself works too. Resolves with what the handler there returns. Its
   * type is not checked: it is what that node has sent.
   * @param args anything that JSON can say, or undefined
   * @param options `timeoutMs`: default 10,000. An abort or timeout aborts the signal of the handler there.
   * @throws {NoHandlerError} at once, when that node has no handler of that name
   * @throws {RemoteError} The handler failed. @throws {PeerLostError} The node cannot be reached. @throws {RequestTimeoutError}
   * @throws {MessageTooLargeError} @throws {ArgumentError} @throws {ClosedError}
   */
  async call<R = unknown>(id: NodeId, name: string, args?: unknown, options: WaitOptions = {}): Promise<R> {
    checkKnown('options', options, waitOptionNames)
    return this.#node.procedures.call<R>(id, name, args, options)
  }

  /** What this node has counted; plain numbers. */
  metrics(): MeshMetrics {
    return this.#node.meter.read()
  }

  /** This node's place in the trees by which broadcasts spread: its own first, then one for each source that it remembers. */
  trees(): readonly TreeView[] {
    return this.#node.plumtree.trees()
  }

  /**
   * Calls the observer for the delivery of each broadcast, of others when it came and of this node when it left, until the
   * function returned is called. Nothing is made for nobody.
   */
  observeDeliveries(observer: DeliveryObserver): () => void {
    return this.#node.plumtree.deliveryTrace.observe(observer)
  }

  /**
   * Takes a link that something else than a transport of this socket has accepted, in the turn in which it was made, as if a node had dialed
   * this one. Whoever hands it over answers for it: that it is protected as the subnet says, or cannot be listened to, as on one machine.
   */
  accept(link: Link): void {
    this.#node.base.accept(link)
  }

  /** Takes the oldest message that no handler took; undefined if there is none. With a count: an array of up to so many. */
  recv(): Message | undefined
  recv(count: number): Message[]
  recv(count?: number): Message | undefined | Message[] {
    return count === undefined ? this.#node.inbox.dequeue(1)[0] : this.#node.inbox.dequeue(count)
  }

  /**
   * Appends a handler: each message goes through the handlers in order, until one returns true.
   * @returns removes the handler; a second call does nothing @throws {ArgumentError} The handler is not a function.
   */
  registerHandler(handler: MessageHandler): () => void {
    return this.#node.inbox.register(handler)
  }

  /**
   * Opens a channel, by which a layer above the mesh speaks with the same layer of other nodes. Open it before `listen` and `connect`: a node
   * that is linked already is not reported to the layer.
   * @param name the same on every node; part of the wire format of the layer
   * @throws {ArgumentError} The name is empty or open already, or a term is too long.
   * @throws {TermsFixedError} The handler has terms, and this node has been started or its `subnet` was read.
   */
  openChannel(name: string, handler: ChannelHandler): Channel {
    this.#node.assertOpen('openChannel')
    return this.#node.channels.open(name, handler)
  }

  /**
   * Sends what is queued, then leaves. Resolves when every link and port is closed. The call itself emits 'close' and rejects what waits with
   * a ClosedError.
   */
  async close(): Promise<void> {
    await this.#node.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #wait<T>(action: string, wait: WaitOptions, begin: () => Promise<T>): Promise<T> {
    checkKnown('options', wait, waitOptionNames)
    return waitFor(begin, { ...wait, action, environment: this.#node.environment })
  }
}

/** Finishes opening a socket; closes it if that fails. @throws as `finish` */
export async function openOrClose<S extends { close(): Promise<void> }>(
  socket: S,
  finish: () => Promise<void>,
): Promise<S> {
  try {
    await finish()
    return socket
  } catch (error) {
    await socket.close()
    throw error
  }
}
