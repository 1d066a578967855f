import {
  ArgumentError,
  BaseSocket,
  checkOptions,
  ClosedError,
  Connection,
  defaultTransport,
  isAdmitted,
  PublicEmitter,
  RefusedError,
  systemEnvironment,
} from '@ts2p/base'
import type { BaseHandler, Environment } from '@ts2p/base'
import { createSubnet, encodeOffer, identityFromSeed, seedBytes, OutgoingEnvelope, ProtocolError } from '@ts2p/protocol'
import type { Address, Limits, NodeId, Subnet } from '@ts2p/protocol'
import { DirectMessages } from './direct.ts'
import { Gossip } from './gossip.ts'
import { Inbox } from './inbox.ts'
import type { MessageHandler } from './inbox.ts'
import { Intake } from './intake.ts'
import { join } from './join.ts'
import type { MeshSocketEvents, MeshSocketOptions, MeshUpper, NeighbourFlag, SendOptions } from './mesh-options.ts'
import type { Message, Packet } from './message.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { packetsToBytes } from './packets.ts'

/**
 * A node of a mesh: one address is enough to join, a message to all reaches every node of a connected network exactly
 * once, and a reply reaches a node that is no neighbour.
 */
export class MeshSocket extends PublicEmitter<MeshSocketEvents> {
  /** What nodes must have in common with this one. */
  readonly subnet: Subnet
  readonly #environment: Environment
  readonly #defaultTransport: string
  readonly #upper: MeshUpper | undefined
  readonly #base: BaseSocket
  readonly #gossip: Gossip
  readonly #direct: DirectMessages
  readonly #neighbourhood: Neighbourhood
  readonly #inbox: Inbox
  readonly #intake: Intake

  /**
   * @param upper the layer above; without one, the socket's events tell
   * @throws {ArgumentError} No transport, or transports of different security.
   */
  constructor(options: MeshSocketOptions, upper?: MeshUpper) {
    super((error) => this.report('listener', `A listener of the application failed: ${String(error)}`))
    checkOptions(options)
    if (options.subnet !== undefined && typeof options.subnet !== 'string')
      throw new ArgumentError('subnet', 'a string', options.subnet)
    const transport = defaultTransport(options.transports)
    const environment = options.environment ?? systemEnvironment()
    const identity = options.identity ?? identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
    this.subnet = createSubnet({
      description: options.subnet ?? 'mesh',
      security: transport.security,
      leaseSeconds: upper?.leaseSeconds,
      isSigned: upper?.isSigned,
    })
    const { listen, ...rest } = options
    const base = new BaseSocket(
      {
        ...rest,
        environment,
        identity,
        subnet: this.subnet,
        listen: listen === undefined ? [] : [listen].flat(),
        allow: (applicant) => !this.#neighbourhood.avoids(applicant.id) && isAdmitted(options.allow, applicant),
      },
      this.#baseHandler(),
    )
    this.#environment = environment
    this.#defaultTransport = transport.name
    this.#upper = upper
    this.#base = base
    this.#gossip = new Gossip({
      identity,
      environment,
      limits: base.limits,
      neighbours: () => base.connections.values(),
      report: (kind, sentence) => this.report(kind, sentence),
    })
    this.#direct = new DirectMessages({
      gossip: this.#gossip,
      environment,
      ourId: identity.id,
      linked: (id) => base.connections.get(id),
    })
    this.#neighbourhood = new Neighbourhood({
      base,
      environment,
      transports: options.transports.map(({ name }) => name),
    })
    this.#inbox = new Inbox({ bytesMax: base.limits.receiveQueueBytes, status: base.status })
    this.#intake = new Intake({
      ourId: identity.id,
      limits: base.limits,
      gossip: this.#gossip,
      direct: this.#direct,
      neighbourhood: this.#neighbourhood,
      inbox: this.#inbox,
      upper,
      reply: async (sender, packets) => {
        this.#assertOpen('reply')
        await this.#direct.send(sender, packetsToBytes('whisper', packets))
      },
      onQueued: () => (upper ? upper.onMessage() : this.tell('message')),
    })
  }

  /** This node's id. */
  get id(): NodeId {
    return this.#base.identity.id
  }

  /** The addresses listened on. */
  get addresses(): readonly Address[] {
    return this.#base.addresses
  }

  /** The addresses told to other nodes; an empty host stands for the one that they see. */
  get advertised(): readonly Address[] {
    return this.#base.advertised
  }

  /** The linked nodes by id; undefined while there is none, so that it can be asked whether the node is connected. */
  get routingTable(): ReadonlyMap<NodeId, Connection> | undefined {
    return this.#base.connections.size > 0 ? this.#base.connections : undefined
  }

  /** The links that this node dialled. */
  get outgoing(): readonly Connection[] {
    return [...this.#base.connections.values()].filter(({ direction }) => direction === 'dialled')
  }

  /** 'Nominal', or a sentence for each kind of trouble there was. */
  get status(): 'Nominal' | readonly string[] {
    return this.#base.status.read()
  }

  /** The limits in force. */
  get limits(): Limits {
    return this.#base.limits
  }

  /**
   * Starts listening where the options say. `connect` does so too.
   * @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError}
   */
  async listen(): Promise<void> {
    await this.#base.listen()
  }

  /**
   * Joins the network of the node at this address, and stays: if the link is lost it is dialled again, with growing
   * pauses, and the other nodes that it told of are dialled too. Resolves when linked.
   * @param transport name of the transport to dial with; default the first
   * @throws {UnreachableError} @throws {RefusedError} @throws {HandshakeFailedError} @throws {ClosedError}
   * @throws {ArgumentError} The host is empty, the port is not from 1 to 65535, or there is no such transport.
   */
  async connect(host: string, port: number, transport?: string): Promise<void> {
    if (typeof host !== 'string' || host === '') throw new ArgumentError('host', 'a host name or address', host)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new ArgumentError('port', 'from 1 to 65535', port)
    if (!this.#base.isListening) await this.#base.listen()
    const address = { transport: transport ?? this.#defaultTransport, host, port }
    const linked = await join(this.#base, this.#environment, address).catch((error: unknown) => {
      const isForgiven =
        error instanceof RefusedError && error.refusedBy === 'us' && this.#neighbourhood.forgive(error.peerId)
      if (isForgiven) return join(this.#base, this.#environment, address)
      throw error
    })
    this.#neighbourhood.keepSeed(linked.address, linked.peerId)
  }

  /** Ends the link with a node, and has none with it until `connect`: it is not dialled, and refused when it dials. */
  disconnect(connection: Connection): void {
    if (!(connection instanceof Connection)) throw new ArgumentError('connection', 'one of routingTable', connection)
    this.#neighbourhood.avoid(connection)
    connection.close()
  }

  /**
   * Sends a message.
   * @param packets strings and Uint8Arrays
   * @returns to how many neighbours it went at once. Those that take messages too slowly are offered a broadcast later, and
   *   miss a whisper, which `status` tells
   * @throws {ArgumentError} @throws {MessageTooLargeError} @throws {ClosedError}
   */
  send(packets: readonly Packet[], options: SendOptions = {}): number {
    this.#assertOpen('send')
    const flag = options.flag ?? 'broadcast'
    if (flag !== 'broadcast' && flag !== 'whisper') throw new ArgumentError('flag', "'broadcast' or 'whisper'", flag)
    return this.#gossip.originate(flag, { packets: packetsToBytes(options.type ?? flag, packets) })
  }

  /** Takes the oldest message that no handler took; undefined if there is none. With a count: an array of up to so many. */
  recv(): Message | undefined
  recv(count: number): Message[]
  recv(count?: number): Message | undefined | Message[] {
    return count === undefined ? this.#inbox.take(1)[0] : this.#inbox.take(count)
  }

  /** Appends a handler: each message goes through the handlers in order, until one returns true. */
  registerHandler(handler: MessageHandler): void {
    this.#inbox.register(handler)
  }

  /** Sends bytes of the layer above to every node. @returns to how many neighbours @throws {MessageTooLargeError} */
  broadcastStore(payload: Uint8Array): number {
    return this.#gossip.originate('store', { payload })
  }

  /** Sends bytes of the layer above to a neighbour. */
  sendToNeighbour(connection: Connection, flag: NeighbourFlag, payload: Uint8Array): void {
    connection.send(new OutgoingEnvelope(flag, payload))
  }

  /** Notes a trouble for `status`. */
  report(kind: string, sentence: string): void {
    this.#base.status.report(kind, sentence)
  }

  /** Sends what is queued, then leaves. Resolves when every link and port is closed. */
  async close(): Promise<void> {
    this.#direct.close(new ClosedError('reply'))
    await this.#base.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #assertOpen(action: string): void {
    if (this.#base.isClosed) throw new ClosedError(action)
  }

  #baseHandler(): BaseHandler {
    return {
      onLink: (connection) => this.#onLink(connection),
      onUnlink: (connection, error) => this.#onUnlink(connection, error),
      onMessage: (connection, flag, payload) => {
        const verdict = this.#intake.take(connection, flag, payload)
        if (verdict === 'banish') this.#neighbourhood.banish(connection)
        if (verdict === 'condemn' || verdict === 'banish') throw new ProtocolError(`${flag}: no honest node sends this`)
      },
      onWritable: (connection) => this.#catchUp(connection),
      onRefused: (error) => this.#onRefused(error),
      onDialFailed: (address) => this.#neighbourhood.onDialFailed(address),
      onSweep: (now) => {
        this.#neighbourhood.sweep(now)
        this.#direct.sweep(now)
        this.#upper?.onSweep(now)
      },
      alternatives: () => this.#neighbourhood.alternatives(),
    }
  }

  #onRefused(error: RefusedError): void {
    // Two nodes that dial each other at the same time: both get the one link, and nobody was turned away.
    if (error.refusal === 'duplicate-link') return
    if (this.#upper) this.#upper.onRefused(error)
    else this.tell('refused', error)
  }

  #onLink(connection: Connection): void {
    const isFirst = this.#base.connections.size === 1
    this.#gossip.joined()
    this.#neighbourhood.onLink(connection)
    this.#catchUp(connection)
    if (!isFirst) return
    if (this.#upper) this.#upper.onConnect()
    else this.tell('connect')
  }

  #onUnlink(connection: Connection, error: Error | undefined): void {
    if (error instanceof ProtocolError) {
      this.report(
        'faulty',
        `The link with ${connection.id} at ${connection.remote} was closed, since it sent what no ts2p node sends: ${error.message}`,
      )
    }
    this.#upper?.onNeighbourLost(connection)
    if (this.#base.connections.size > 0) return
    if (this.#upper) this.#upper.onDisconnect()
    else this.tell('disconnect')
  }

  /** The neighbour may lack what was sent before: offer it, and let the layer above compare. */
  #catchUp(connection: Connection): void {
    const offer = this.#gossip.offer()
    if (offer.length > 0) connection.send(new OutgoingEnvelope('notify', encodeOffer(offer)))
    this.#upper?.onNeighbour(connection)
  }
}
