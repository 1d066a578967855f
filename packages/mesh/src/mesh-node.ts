import { addressFrom, BaseSocket, checkWait, ClosedError, isAdmitted, RefusedError, waitFor } from '@ts2p/base'
import type { AddressOption, BaseHandler, Connection, Environment, Failure, InboundPeer } from '@ts2p/base'
import { ProtocolError } from '@ts2p/protocol'
import type { Address, Flag, NodeId, OwnIdentity, ReceivedEnvelope, Subnet } from '@ts2p/protocol'
import { assertNodeId, completeOptions } from './complete-options.ts'
import { BanList } from './membership/ban-list.ts'
import { ChannelRegistry } from './channels/channel-registry.ts'
import { Channels } from './channels/channels.ts'
import { DirectMessages } from './direct/direct-messages.ts'
import { Plumtree } from './broadcast/plumtree.ts'
import { ApplicationInbox } from './messages/application-inbox.ts'
import { Procedures } from './messages/procedures.ts'
import { MessageDispatcher } from './messages/message-dispatcher.ts'
import { join } from './membership/join.ts'
import { LinkMeter } from './link-meter.ts'
import type { MeshSocketOptions, RequestOptions } from './mesh-options.ts'
import type { Message, Packet } from './messages/message.ts'
import { packetsToBytes } from './messages/packets.ts'
import { MessageIds } from './messages/message-ids.ts'
import { networkNow } from './broadcast/network-clock.ts'
import { payloadBytesMax } from './broadcast/outgoing-batcher.ts'
import { PeerManager } from './membership/peer-manager.ts'
import { PeerTable } from './membership/peer-table.ts'
import { Signer } from './signing/signer.ts'
import { SourceBudgets } from './quotas/source-budgets.ts'
import { NeighborMessages } from './messages/neighbor-messages.ts'

/** How long `request` waits for an answer, milliseconds. */
const defaultTimeoutMs = 10_000

/** What the socket emits as events. */
export interface MeshListener {
  onConnect(): void
  onDisconnect(): void
  onPeerConnect(connection: Connection): void
  onPeerDisconnect(connection: Connection): void
  onMessage(): void
  onRefused(error: RefusedError): void
}

/** Makes the parts of a mesh node, each after those that it refers to, and hands them what the base reports. */
export class MeshNode implements BaseHandler {
  readonly base: BaseSocket
  readonly meter: LinkMeter
  readonly channels: Channels
  readonly plumtree: Plumtree
  readonly neighborMessages: NeighborMessages
  readonly direct: DirectMessages
  readonly inbox: ApplicationInbox
  readonly procedures: Procedures
  readonly environment: Environment
  /** The addresses of the network to join. */
  readonly seeds: readonly Address[]
  readonly joinMs: number
  readonly #registry: ChannelRegistry
  readonly #banList: BanList
  readonly #peerManager: PeerManager
  readonly #dispatcher: MessageDispatcher
  readonly #defaultTransport: string
  readonly #listener: MeshListener
  #started: Promise<void> | undefined
  #wasLinked = false
  /** When the last neighbor was lost, monotonic milliseconds; undefined: there is one, or was none yet. */
  #isolatedAt: number | undefined

  /** @throws {ArgumentError} No transport, or transports of different security. */
  constructor(options: MeshSocketOptions, listener: MeshListener) {
    const { seeds, joinMs, isSigning, transport, environment, identity } = completeOptions(options)
    this.environment = environment
    this.#defaultTransport = transport.name
    this.joinMs = joinMs
    this.seeds = seeds
    this.#listener = listener

    const registry = new ChannelRegistry({
      description: options.subnet ?? 'mesh',
      security: transport.security,
      terms: [{ name: 'mesh.signing', value: isSigning ? 'on' : 'off' }],
    })
    const table = new PeerTable()
    const banList = new BanList({ table, now: () => environment.monotonicNow() })
    const base = createBase(options, { environment, identity, registry, banList }, this)
    const { limits } = base
    const links = (): ReadonlyMap<NodeId, Connection> => base.connections
    const report = (code: string, message: string, failure?: Failure): void => base.report(code, message, failure)
    const meter = new LinkMeter(() => links().values())
    const { counters } = meter
    this.#registry = registry
    this.#banList = banList
    this.base = base
    this.meter = meter

    const transports = options.transports.map(({ name }) => name)
    const { trustedProxies, knownNodes: cache } = options
    const peerManager = new PeerManager({
      ...{ base, environment, table, banList, transports, counters, cache, trustedProxies },
    })
    const networkId = (): Uint8Array => registry.subnet.hash
    const signer = isSigning ? new Signer({ identity, networkId, environment }) : undefined
    const budgets = new SourceBudgets<Connection>(limits)
    const plumtree = new Plumtree({ identity, signer, budgets, environment, limits, counters, report, links })
    const ids = new MessageIds(identity.key, environment.randomBytes(4))
    const neighborMessages = new NeighborMessages({
      ...{ environment, ids, report },
      links: () => links().values(),
      fitting: (payload) => plumtree.fitting(payload),
    })
    const channels = new Channels({
      ...{ registry, report },
      broadcast: (channel, payload, statement) =>
        plumtree.originate({ flag: 'broadcast', channel, ...(statement && { statement }) }, payload),
    })
    const inbox = new ApplicationInbox({
      bytesMax: limits.receiveQueueBytes,
      report,
      onQueued: () => listener.onMessage(),
    })
    const direct = new DirectMessages({
      ...{
        plumtree,
        environment,
        identity,
        signer,
        budgets,
        report,
        counters,
        links,
        inbox,
        payloadBytesMax: payloadBytesMax(limits),
      },
      networkNow: () => networkNow(environment, links().values()),
      dial: (id) => peerManager.dial(id),
    })
    this.procedures = new Procedures({
      ...{ environment, inbox, report },
      request: (id, packets, wait) => this.request(id, packets, wait),
      fail: (request, error) => direct.replyFailure(request, error),
    })
    this.#peerManager = peerManager
    this.plumtree = plumtree
    this.neighborMessages = neighborMessages
    this.channels = channels
    this.inbox = inbox
    this.direct = direct
    this.#dispatcher = new MessageDispatcher({
      ...{ ourId: identity.id, limits, plumtree, direct, neighborMessages, peerManager, inbox, counters, channels },
    })
  }

  /** What nodes must have in common with this one. */
  get subnet(): Subnet {
    return this.#registry.subnet
  }

  /** For how long this node has had no neighbor, milliseconds; undefined while it has one, and before it has had the first. */
  get isolatedMs(): number | undefined {
    return this.#isolatedAt === undefined ? undefined : this.environment.monotonicNow() - this.#isolatedAt
  }

  /** Listens, and then dials the nodes that it is to begin with. @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError} */
  async listen(): Promise<void> {
    await this.base.listen()
    this.#started ??= this.#peerManager.start(this.seeds).catch((error: unknown) => {
      this.base.report('known-nodes-unreadable', `The nodes known before could not be read: ${String(error)}`)
    })
    await this.#started
  }

  /** Joins the network by a node, and stays. @param isWanted - Whether the caller still waits: otherwise a link that is made is ended again. */
  async connect(option: AddressOption, isWanted: () => boolean): Promise<void> {
    const address = { transport: this.#defaultTransport, ...addressFrom('address', option) }
    if (!this.base.isListening) await this.listen()
    const before = new Set(this.base.connections.keys())
    const linked = await this.#join(address).catch((error: unknown) => {
      const isOurs = error instanceof RefusedError && error.refusedBy === 'us'
      if (isOurs && this.#banList.forgive(error.peerId)) return this.#join(address)
      throw error
    })
    if (!isWanted()) {
      const connection = this.base.connections.get(linked.peerId)
      if (connection && !before.has(linked.peerId)) this.disconnect(connection)
      return
    }
    this.#peerManager.addSeed(linked.address, linked.peerId)
    // If another node had the free slot, the address that was asked for is a seed as well: those two nodes may know no third one.
    if (linked.address !== address) this.#peerManager.addSeed(address)
  }

  /** Ends the link with a node, and has none with it until `connect`. */
  disconnect(connection: Connection): void {
    this.#peerManager.disconnect(connection)
    connection.close()
  }

  /** Sends a request, and resolves with the answer. @param options.timeoutMs - Default 10,000. @throws as MeshSocket's `request` */
  async request(id: NodeId, packets: readonly Packet[], options: RequestOptions): Promise<Message> {
    this.assertOpen('send')
    checkWait(options)
    const { type = 'request', timeoutMs = defaultTimeoutMs, signal } = options
    assertNodeId(id)
    const bytes = packetsToBytes(type, packets)
    const wait = { action: 'request', environment: this.environment, ...(signal && { signal }) }
    // The request itself knows whether it was received when its time has passed.
    return waitFor(() => this.direct.request(id, bytes, timeoutMs), wait)
  }

  /** Sends what is queued, then leaves. Resolves when every link and port is closed. */
  close(): Promise<void> {
    return this.base.close()
  }

  /** @throws {ClosedError} */
  assertOpen(action: string): void {
    if (this.base.isClosed) throw new ClosedError(action)
  }

  onLink(connection: Connection): void {
    const isFirst = this.base.connections.size === 1
    this.#wasLinked = true
    this.#isolatedAt = undefined
    this.plumtree.onLink(connection)
    this.#peerManager.onLink(connection)
    this.direct.onLink(connection)
    this.channels.onPeerUp(connection)
    this.#listener.onPeerConnect(connection)
    if (isFirst) this.#listener.onConnect()
  }

  onUnlink(connection: Connection, error: Error | undefined): void {
    if (error instanceof ProtocolError) {
      this.base.report(
        'protocol-violation',
        `The link with ${connection.id} at ${connection.remote} was closed, since it sent what no ts2p node sends: ${error.message}`,
      )
    }
    if (this.base.connections.size === 0) this.#isolatedAt = this.environment.monotonicNow()
    this.plumtree.onUnlink(connection)
    this.#peerManager.onUnlink(connection, error)
    this.direct.onUnlink(connection)
    this.meter.onUnlink(connection)
    this.channels.onPeerDown(connection)
    this.#listener.onPeerDisconnect(connection)
    if (this.base.connections.size === 0) this.#listener.onDisconnect()
  }

  /** @throws {ProtocolError} The neighbor has sent what no honest node sends. */
  onMessage(connection: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): void {
    const verdict = this.#dispatcher.dispatch(connection, flag, payload, received)
    if (verdict === 'ban') this.#peerManager.ban(connection)
    if (verdict === 'reject' || verdict === 'ban') throw new ProtocolError(`${flag}: no honest node sends this`)
  }

  onWritable(connection: Connection): void {
    this.plumtree.catchUp(connection)
    this.direct.onWritable(connection)
    this.channels.onDrain(connection)
  }

  onClose(): Promise<void> | undefined {
    this.procedures.close(new ClosedError('handle'))
    this.direct.close(new ClosedError('send'))
    this.plumtree.drainWaiters.close(new ClosedError('send'))
    const drained = this.channels.onClose()
    if (drained) return drained.then(() => this.plumtree.close())
    this.plumtree.close()
    return undefined
  }

  onRefused(error: RefusedError): void {
    this.#peerManager.addHints(error.peerHints)
    const isOut = this.#wasLinked && this.base.connections.size === 0
    if (isProblem(error, isOut)) this.#listener.onRefused(error)
  }

  onDialFailed(address: Address, error: Error): void {
    this.#peerManager.onDialFailed(address, error)
  }

  onMaintenance(now: number): void {
    if (!this.base.isClosed) this.#peerManager.maintain(now)
    this.channels.onMaintenance(now)
  }

  isHighPriority(address: Address): boolean {
    return this.#peerManager.isHighPriority(address)
  }

  hasRoomFor(inbound: InboundPeer): boolean {
    return this.#peerManager.hasSlotFor(inbound)
  }

  peerHints(): readonly Address[] {
    return this.#peerManager.hints()
  }

  #join(address: Address): Promise<{ address: Address; peerId: NodeId }> {
    return join(this.base, this.environment, address)
  }
}

/** The base socket of a mesh node. It asks the registry for the subnet when it first needs it. */
function createBase(
  options: MeshSocketOptions,
  parts: { environment: Environment; identity: OwnIdentity; registry: ChannelRegistry; banList: BanList },
  handler: BaseHandler,
): BaseSocket {
  const { join: _join, joinMs: _joinMs, knownNodes: _knownNodes, signing: _signing, ...rest } = options
  const { environment, identity, registry, banList } = parts
  return new BaseSocket(
    {
      ...rest,
      environment,
      identity,
      subnet: () => registry.subnet,
      allow: (candidate) => !banList.has(candidate.id) && isAdmitted(options.allow, candidate),
    },
    handler,
  )
}

/**
 * Whether a refusal is worth telling. Not that of a second link with the same node, when two dial each other at the same
 * time; nor that there is no place, unless this node has lost the network: to others, another node is as good.
 */
function isProblem({ refusal, refusedBy }: RefusedError, isOut: boolean): boolean {
  if (refusal === 'full') return refusedBy === 'them' && isOut
  return refusal !== 'duplicate-link'
}
