import {
  ArgumentError,
  BaseSocket,
  checkOptions,
  ClosedError,
  defaultTransport,
  isAdmitted,
  RefusedError,
} from '@ts2p/base'
import { systemEnvironment } from '@ts2p/base'
import type { BaseHandler, Connection, Environment } from '@ts2p/base'
import { identityFromSeed, ProtocolError, seedBytes } from '@ts2p/protocol'
import type { Address, NodeId } from '@ts2p/protocol'
import { BanList } from './membership/ban-list.ts'
import { Channels } from './channels/channels.ts'
import { DirectMessages } from './direct/direct-messages.ts'
import { Gossip } from './broadcast/gossip.ts'
import { Inbox } from './messages/inbox.ts'
import { Intake } from './messages/intake.ts'
import { join } from './membership/join.ts'
import { LinkMeter } from './link-meter.ts'
import type { MeshSocketOptions } from './mesh-options.ts'
import type { Message } from './messages/message.ts'
import { MessageIds } from './messages/message-ids.ts'
import { payloadBytesMax } from './broadcast/own-messages.ts'
import { packetsToBytes } from './messages/packets.ts'
import { PeerManager } from './membership/peer-manager.ts'
import { PeerTable } from './membership/peer-table.ts'
import { Whispers } from './messages/whispers.ts'

/** Most characters of an error message in the answer to a failed request. */
const failureCharactersMax = 1000

/** What the socket emits as events. */
export interface MeshListener {
  onConnect(): void
  onDisconnect(): void
  onPeerConnect(connection: Connection): void
  onPeerDisconnect(connection: Connection): void
  onMessage(): void
  onRefused(error: RefusedError): void
}

/** The parts of a mesh node, and what goes on between them. */
export class MeshNode {
  readonly channels: Channels
  readonly base: BaseSocket
  readonly meter: LinkMeter
  readonly gossip: Gossip
  readonly whispers: Whispers
  readonly direct: DirectMessages
  readonly peerManager: PeerManager
  readonly inbox: Inbox
  readonly #environment: Environment
  readonly #banList: BanList
  readonly #defaultTransport: string
  readonly #seeds: readonly Address[]
  readonly #listener: MeshListener
  readonly #intake: Intake
  #started: Promise<void> | undefined
  #wasLinked = false

  /** @throws {ArgumentError} No transport, or transports of different security. */
  constructor(options: MeshSocketOptions, listener: MeshListener) {
    checkOptions(options)
    if (options.subnet !== undefined && typeof options.subnet !== 'string')
      throw new ArgumentError('subnet', 'a string', options.subnet)
    const transport = defaultTransport(options.transports)
    const environment = options.environment ?? systemEnvironment()
    const identity = options.identity ?? identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
    this.channels = new Channels({
      ...{ description: options.subnet ?? 'mesh', security: transport.security },
      broadcast: (channel, payload) => {
        this.assertOpen('send')
        return this.gossip.originate('broadcast', payload, channel)
      },
      report: (code, message) => this.base.report(code, message),
    })
    const table = new PeerTable()
    const banList = new BanList({ table, now: () => environment.monotonicNow() })
    const { listen, seeds, knownNodes, ...rest } = options
    const base = new BaseSocket(
      {
        ...rest,
        environment,
        identity,
        subnet: () => this.channels.subnet,
        listen: listen === undefined ? [] : [listen].flat(),
        allow: (applicant) => !banList.has(applicant.id) && isAdmitted(options.allow, applicant),
      },
      this.#baseHandler(),
    )
    this.base = base
    this.#environment = environment
    this.#banList = banList
    this.#defaultTransport = transport.name
    this.#seeds = seedsOf(seeds, transport.name)
    this.#listener = listener
    this.meter = new LinkMeter(() => base.connections.values())
    const { counters } = this.meter
    const { limits } = base
    const report = (code: string, message: string): void => base.report(code, message)
    const gossip = new Gossip({ identity, environment, limits, counters, report, links: () => base.connections })
    const ids = new MessageIds(identity.hash, environment.randomBytes(4))
    this.gossip = gossip
    this.whispers = new Whispers({
      ...{ environment, ids, report },
      links: () => base.connections.values(),
      fitting: (payload) => gossip.fitting(payload),
    })
    this.direct = new DirectMessages({
      ...{ gossip, environment, identity, counters, payloadBytesMax: payloadBytesMax(limits) },
      links: () => base.connections,
      dial: (id) => this.peerManager.dial(id),
      onArrival: (arrival) => this.#intake.takeDirect(arrival),
    })
    const transports = options.transports.map(({ name }) => name)
    this.peerManager = new PeerManager({
      ...{ base, environment, table, banList, transports, counters, cache: knownNodes },
      trustedProxies: options.trustedProxies,
    })
    this.inbox = new Inbox({
      ...{ bytesMax: limits.receiveQueueBytes, report },
      onRequestFailed: (request, error) => this.#answerFailure(request, error),
    })
    const { channels, direct, whispers, peerManager, inbox } = this
    this.#intake = new Intake({
      ...{ ourId: identity.id, limits, gossip, direct, whispers, peerManager, inbox, counters, channels },
      answer: async (message, packets) => {
        this.assertOpen('reply')
        const { sender, epoch, sequence, isRequest } = message
        const asked = isRequest ? ({ kind: 'answer', answers: { epoch, sequence } } as const) : {}
        await direct.send(sender, packetsToBytes('whisper', packets), asked)
      },
      onQueued: () => listener.onMessage(),
    })
  }

  /** Listens, and then dials the nodes that it is to begin with. @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError} */
  async listen(): Promise<void> {
    await this.base.listen()
    this.#started ??= this.peerManager.start(this.#seeds).catch((error: unknown) => {
      this.base.report('known-nodes-unreadable', `The nodes known before could not be read: ${String(error)}`)
    })
    await this.#started
  }

  /** Joins the network by a node, and stays. */
  async connect(host: string, port: number, transport?: string): Promise<void> {
    checkAddress(host, port)
    if (!this.base.isListening) await this.listen()
    const address = { transport: transport ?? this.#defaultTransport, host, port }
    const linked = await this.#join(address).catch((error: unknown) => {
      const isOurs = error instanceof RefusedError && error.refusedBy === 'us'
      if (isOurs && this.#banList.forgive(error.peerId)) return this.#join(address)
      throw error
    })
    this.peerManager.addSeed(linked.address, linked.peerId)
    // If another had a place, the one that was asked for as well: those two may know of no third.
    if (linked.address !== address) this.peerManager.addSeed(address)
  }

  /** Ends the link with a node, and has none with it until `connect`. */
  disconnect(connection: Connection): void {
    this.peerManager.disconnect(connection)
    connection.close()
  }

  /** Sends what is queued, then leaves. Resolves when every link and port is closed. */
  async close(): Promise<void> {
    this.direct.close(new ClosedError('send'))
    this.gossip.close()
    await this.base.close()
  }

  /** @throws {ClosedError} */
  assertOpen(action: string): void {
    if (this.base.isClosed) throw new ClosedError(action)
  }

  /** Nobody waits for the acknowledgment of a failure. */
  #answerFailure({ sender, epoch, sequence }: Message, error: unknown): void {
    if (this.base.isClosed) return
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
    const packets = packetsToBytes('failure', [name, message.slice(0, failureCharactersMax)])
    this.direct.send(sender, packets, { kind: 'failure', answers: { epoch, sequence } }).catch(() => undefined)
  }

  #join(address: Address): Promise<{ address: Address; peerId: NodeId }> {
    return join(this.base, this.#environment, address)
  }

  #baseHandler(): BaseHandler {
    return {
      onLink: (connection) => this.#onLink(connection),
      onUnlink: (connection, error) => this.#onUnlink(connection, error),
      onMessage: (connection, flag, payload, received) => {
        const verdict = this.#intake.take(connection, flag, payload, received)
        if (verdict === 'ban') this.peerManager.ban(connection)
        if (verdict === 'reject' || verdict === 'ban') throw new ProtocolError(`${flag}: no honest node sends this`)
      },
      onWritable: (connection) => {
        this.gossip.catchUp(connection)
        this.direct.onWritable(connection)
        this.channels.onDrain(connection)
      },
      onRefused: (error) => {
        this.peerManager.addHints(error.alternatives)
        const isOut = this.#wasLinked && this.base.connections.size === 0
        if (isTrouble(error, isOut)) this.#listener.onRefused(error)
      },
      onDialFailed: (address, error) => this.peerManager.onDialFailed(address, error),
      onSweep: (now) => {
        this.peerManager.sweep(now)
        this.channels.onSweep(now)
      },
      isPressing: (address) => this.peerManager.isHighPriority(address),
      hasRoomFor: (newcomer) => this.peerManager.hasSlotFor(newcomer),
      alternatives: () => this.peerManager.hints(),
    }
  }

  #onLink(connection: Connection): void {
    const isFirst = this.base.connections.size === 1
    this.#wasLinked = true
    this.gossip.onLink(connection)
    this.peerManager.onLink(connection)
    this.direct.onLink(connection)
    this.channels.onPeerUp(connection)
    this.#listener.onPeerConnect(connection)
    if (isFirst) this.#listener.onConnect()
  }

  #onUnlink(connection: Connection, error: Error | undefined): void {
    if (error instanceof ProtocolError) {
      this.base.report(
        'protocol-violation',
        `The link with ${connection.id} at ${connection.remote} was closed, since it sent what no ts2p node sends: ${error.message}`,
      )
    }
    this.gossip.onUnlink(connection)
    this.peerManager.onUnlink(connection, error)
    this.direct.onUnlink(connection)
    this.meter.onUnlink(connection)
    this.channels.onPeerDown(connection)
    this.#listener.onPeerDisconnect(connection)
    if (this.base.connections.size === 0) this.#listener.onDisconnect()
  }
}

/**
 * Whether a refusal is worth telling. Not that of a second link with the same node, when two dial each other at the same
 * time; nor that there is no place, unless this node has lost the network: to others, another node is as good.
 */
function isTrouble({ refusal, refusedBy }: RefusedError, isOut: boolean): boolean {
  if (refusal === 'full') return refusedBy === 'them' && isOut
  return refusal !== 'duplicate-link'
}

/** @throws {ArgumentError} */
function checkAddress(host: unknown, port: unknown): void {
  if (typeof host !== 'string' || host === '') throw new ArgumentError('host', 'a host name or address', host)
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ArgumentError('port', 'from 1 to 65535', port)
}

/** @throws {ArgumentError} One is no address. */
function seedsOf(seeds: MeshSocketOptions['seeds'], transport: string): Address[] {
  if (seeds !== undefined && !Array.isArray(seeds)) throw new ArgumentError('seeds', 'an array of addresses', seeds)
  return (seeds ?? []).map((seed) => {
    checkAddress(seed.host, seed.port)
    return { transport, ...seed }
  })
}
