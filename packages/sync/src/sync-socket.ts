import { ArgumentError, checkOptions, ClosedError, systemEnvironment } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { Message, MessageHandler, Packet, SendOptions } from '@ts2p/mesh'
import { identityFromSeed, nodeIdFromKey, seedBytes } from '@ts2p/protocol'
import type { Address, Limits, NodeId, Subnet } from '@ts2p/protocol'
import { defaultStoreLimits, Store } from '@ts2p/store'
import type { Change } from '@ts2p/store'
import { Codec } from './codec.ts'
import { Dictionary } from './dictionary.ts'
import { recordOverheadBytes } from './record-payload.ts'
import { recordBytesMax, Replicator } from './replicator.ts'
import type { SyncSocketOptions } from './sync-options.ts'

/**
 * A dictionary that every node of the network holds. Reading is local; writing is local too and reaches the others a
 * moment later. By default a key belongs to the node that set it, until an hour after it did so last: others get a
 * LeaseHeldError.
 */
export class SyncSocket<K = Uint8Array, V = Uint8Array> extends Dictionary<K, V> {
  readonly #environment: Environment
  readonly #mesh: MeshSocket
  readonly #store: Store
  readonly #replicator: Replicator
  #isClosed = false

  /** @throws {ArgumentError} An option is not what it must be. */
  constructor(options: SyncSocketOptions<K, V>) {
    checkOptions(options)
    const {
      leasing = true,
      leaseSeconds = 3600,
      keyEncoding,
      valueEncoding,
      storeLimits = {},
      ...meshOptions
    } = options
    super({
      codec: new Codec<K, V>({ keyEncoding, valueEncoding, hasFields: !leasing }),
      isLeased: leasing,
      report: (kind, sentence) => this.#mesh.report(kind, sentence),
    })
    if (typeof leasing !== 'boolean') throw new ArgumentError('leasing', 'true or false', leasing)
    if (!Number.isInteger(leaseSeconds) || leaseSeconds < 1) {
      throw new ArgumentError(
        'leaseSeconds',
        'a whole number of seconds, at least 1; to have no leases set leasing to false',
        leaseSeconds,
      )
    }
    const environment = options.environment ?? systemEnvironment()
    const identity = options.identity ?? identityFromSeed(environment.randomBytes(seedBytes), environment.ed25519)
    this.#environment = environment
    this.#mesh = new MeshSocket(
      { subnet: 'sync', ...meshOptions, environment, identity },
      {
        leaseSeconds: leasing ? leaseSeconds : 0,
        onStore: (payload, origin) => this.#replicator.onStore(payload, origin),
        onNeighbourMessage: (from, flag, payload) => this.#replicator.onNeighbourMessage(from, flag, payload),
        onNeighbour: (connection) => this.#replicator.onNeighbour(connection),
        onNeighbourLost: (connection) => this.#replicator.onNeighbourLost(connection),
        onSweep: (now) => {
          this.#replicator.sweep(now)
          this.announceExpired()
        },
        onConnect: () => this.tell('connect'),
        onDisconnect: () => this.tell('disconnect'),
        onMessage: () => this.tell('message'),
        onRefused: (error) => this.tell('refused', error),
      },
    )
    this.#store = new Store({
      owner: identity.key,
      leaseSeconds: leasing ? leaseSeconds : 0,
      networkId: this.#mesh.subnet.hash,
      idOf: nodeIdFromKey,
      limits: storeLimits,
    })
    const { keyBytesMax, valueBytesMax, horizonMs } = { ...defaultStoreLimits, ...storeLimits }
    const bytesMax = recordBytesMax(this.#mesh.limits) - 2 * keyBytesMax - recordOverheadBytes
    if (valueBytesMax > bytesMax) {
      throw new ArgumentError(
        'storeLimits.valueBytesMax',
        `at most ${bytesMax}, so that a record fits into a frame of limits.frameBytesMax`,
        valueBytesMax,
      )
    }
    this.#replicator = new Replicator({
      store: this.#store,
      mesh: this.#mesh,
      environment,
      horizonMs: Math.max(horizonMs, leaseSeconds * 1000),
      onChanges: (changes) => this.announce(changes),
    })
  }

  /** This node's id. */
  get id(): NodeId {
    return this.#mesh.id
  }

  /** What nodes must have in common with this one. */
  get subnet(): Subnet {
    return this.#mesh.subnet
  }

  /** The addresses listened on. */
  get addresses(): readonly Address[] {
    return this.#mesh.addresses
  }

  /** The addresses told to other nodes; an empty host stands for the one that they see. */
  get advertised(): readonly Address[] {
    return this.#mesh.advertised
  }

  /** The linked nodes by id; undefined while there is none. */
  get routingTable(): ReadonlyMap<NodeId, Connection> | undefined {
    return this.#mesh.routingTable
  }

  /** The links that this node dialled. */
  get outgoing(): readonly Connection[] {
    return this.#mesh.outgoing
  }

  /** 'Nominal', or a sentence for each kind of trouble there was. */
  get status(): 'Nominal' | readonly string[] {
    return this.#mesh.status
  }

  /** The limits in force. */
  get limits(): Limits {
    return this.#mesh.limits
  }

  /** See MeshSocket. */
  listen(): Promise<void> {
    return this.#mesh.listen()
  }

  /** See MeshSocket. */
  connect(host: string, port: number, transport?: string): Promise<void> {
    return this.#mesh.connect(host, port, transport)
  }

  /** See MeshSocket. */
  disconnect(connection: Connection): void {
    this.#mesh.disconnect(connection)
  }

  /** See MeshSocket. */
  send(packets: readonly Packet[], options?: SendOptions): number {
    return this.#mesh.send(packets, options)
  }

  /** See MeshSocket. */
  recv(): Message | undefined
  recv(count: number): Message[]
  recv(count?: number): Message | undefined | Message[] {
    return count === undefined ? this.#mesh.recv() : this.#mesh.recv(count)
  }

  /** See MeshSocket. */
  registerHandler(handler: MessageHandler): void {
    this.#mesh.registerHandler(handler)
  }

  /** Sends what is queued, then leaves. What is in the dictionary can still be read. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.endWatches()
    this.#replicator.flush()
    await this.#mesh.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  protected override get store(): Store {
    return this.#store
  }

  protected override now(): number {
    return this.#environment.now()
  }

  protected override spread(change: Change): void {
    this.#replicator.publish(change)
  }

  protected override assertOpen(action: string): void {
    if (this.#isClosed) throw new ClosedError(action)
  }
}
