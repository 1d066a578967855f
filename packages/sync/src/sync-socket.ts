import { ArgumentError, ClosedError, systemEnvironment } from '@ts2p/base'
import type { Connection, Environment } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { MeshSocketOptions, Message, MessageHandler, Packet, SendOptions } from '@ts2p/mesh'
import { nodeIdFromKey } from '@ts2p/protocol'
import type { Address, Identity, Limits, NodeId, Subnet } from '@ts2p/protocol'
import { defaultStoreLimits, Store } from '@ts2p/store'
import type { Change, StoreLimits } from '@ts2p/store'
import { Codec } from './codec.ts'
import { Dictionary } from './dictionary.ts'
import { NotKeptError, NotReadyError } from './errors.ts'
import { Keeper } from './keeper.ts'
import { newIdentity, openNode } from './kept-node.ts'
import { recordOverheadBytes } from './record-payload.ts'
import { recordBytesMax, Replicator } from './replicator.ts'
import type { SyncSocketOptions } from './sync-options.ts'

/** What a node is made of: with all that the socket's options may leave out. */
interface NodeOptions extends MeshSocketOptions {
  readonly environment: Environment
  readonly identity: Identity
  /** 0 without leases. */
  readonly leaseSeconds: number
  readonly storeLimits: Partial<StoreLimits>
}

/** What a socket consists of, once it is known who it is. */
interface Node {
  readonly mesh: MeshSocket
  readonly store: Store
  readonly networkId: Uint8Array
  readonly replicator: Replicator
}

/**
 * A dictionary that every node of the network holds. Reading is local; writing is local too and reaches the others a
 * moment later. By default a key belongs to the node that set it, until an hour after it did so last: others get a
 * LeaseHeldError.
 */
export class SyncSocket<K = Uint8Array, V = Uint8Array> extends Dictionary<K, V> {
  /**
   * Resolves when the socket can be used: at once without `persistence`, else when what is kept was read. `listen` and
   * `connect` wait for it. Rejects with what they throw then.
   * @throws {PersistenceCorruptError} @throws {PersistenceInUseError} @throws {PersistenceFailedError}
   * @throws {PersistenceMismatchError}
   */
  readonly ready: Promise<void>
  readonly #environment: Environment
  readonly #keeper: Keeper | undefined
  readonly #early: MessageHandler[] = []
  #node: Node | undefined
  #isClosed = false

  /** @throws {ArgumentError} An option is not what it must be. */
  constructor(options: SyncSocketOptions<K, V>) {
    const {
      leasing = true,
      leaseSeconds = 3600,
      keyEncoding,
      valueEncoding,
      storeLimits = {},
      persistence,
      ...meshOptions
    } = options
    super({
      codec: new Codec<K, V>({ keyEncoding, valueEncoding, hasFields: !leasing }),
      isLeased: leasing,
      report: (kind, sentence) => this.#node?.mesh.report(kind, sentence),
    })
    if (!Number.isInteger(leaseSeconds) || leaseSeconds < 1) {
      throw new ArgumentError(
        'leaseSeconds',
        'a whole number of seconds, at least 1; to have no leases set leasing to false',
        leaseSeconds,
      )
    }
    const environment = options.environment ?? systemEnvironment()
    this.#environment = environment
    const build = (identity: Identity): Node =>
      this.#build({ ...meshOptions, environment, identity, leaseSeconds: leasing ? leaseSeconds : 0, storeLimits })
    if (!persistence) {
      this.#node = build(options.identity ?? newIdentity(environment))
      this.ready = Promise.resolve()
      return
    }
    const report = (sentence: string): void => this.#node?.mesh.report('persistence', sentence)
    this.#keeper = new Keeper({ persistence, environment, report })
    this.ready = this.#open(openNode(this.#keeper, { environment, build, given: options.identity }))
    // Whoever awaits it, or calls listen or connect, hears of a failure: that nobody does so yet is no fault.
    this.ready.catch(() => undefined)
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

  /** See MeshSocket. @throws as `ready` rejects */
  listen(): Promise<void> {
    return this.#whenReady(() => this.#mesh.listen())
  }

  /** See MeshSocket. @throws as `ready` rejects */
  connect(host: string, port: number, transport?: string): Promise<void> {
    return this.#whenReady(() => this.#mesh.connect(host, port, transport))
  }

  /**
   * Resolves when everything is durable that was set here, or came from others, before the call.
   * @throws {PersistenceFailedError} It could not be written; it is tried again, also without another call.
   * @throws {NotKeptError} The socket has no `persistence`.
   */
  async flush(): Promise<void> {
    if (!this.#keeper) throw new NotKeptError()
    await this.ready
    await this.#keeper.flush()
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
    if (this.#node) this.#node.mesh.registerHandler(handler)
    else this.#early.push(handler)
  }

  /**
   * Sends what is queued, writes what is not on the disk yet, then leaves. What is in the dictionary can still be read.
   * @throws {PersistenceFailedError} The last changes could not be kept. The socket is closed all the same.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    this.endWatches()
    // What is being opened is opened first: it cannot be given free in between.
    if (!this.#node) await this.ready.catch(() => undefined)
    this.#node?.replicator.flush()
    await this.#node?.mesh.close()
    await this.#keeper?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  protected override get store(): Store {
    return this.#whole.store
  }

  protected override now(): number {
    return this.#environment.now()
  }

  protected override spread(change: Change): void {
    this.#keeper?.touch(change.key)
    this.#whole.replicator.publish(change)
  }

  protected override assertOpen(action: string): void {
    if (this.#isClosed) throw new ClosedError(action)
  }

  /** @throws {NotReadyError} */
  get #whole(): Node {
    if (!this.#node) throw new NotReadyError()
    return this.#node
  }

  get #mesh(): MeshSocket {
    return this.#whole.mesh
  }

  async #open(opening: Promise<Node>): Promise<void> {
    const node = await opening
    for (const handler of this.#early) node.mesh.registerHandler(handler)
    this.#node = node
  }

  #whenReady(action: () => Promise<void>): Promise<void> {
    return this.#node ? action() : this.ready.then(action)
  }

  #build({ leaseSeconds, storeLimits, ...meshOptions }: NodeOptions): Node {
    const { environment, identity } = meshOptions
    const mesh: MeshSocket = new MeshSocket(
      { subnet: 'sync', ...meshOptions },
      {
        leaseSeconds,
        onStore: (payload, origin) => replicator.onStore(payload, origin),
        onNeighbourMessage: (from, flag, payload) => replicator.onNeighbourMessage(from, flag, payload),
        onNeighbour: (connection) => replicator.onNeighbour(connection),
        onNeighbourLost: (connection) => replicator.onNeighbourLost(connection),
        onSweep: (now) => {
          replicator.sweep(now)
          this.announceExpired()
        },
        onConnect: () => this.tell('connect'),
        onDisconnect: () => this.tell('disconnect'),
        onMessage: () => this.tell('message'),
        onRefused: (error) => this.tell('refused', error),
      },
    )
    const store = new Store({
      owner: identity.key,
      leaseSeconds,
      networkId: mesh.subnet.hash,
      idOf: nodeIdFromKey,
      limits: storeLimits,
    })
    const { keyBytesMax, valueBytesMax } = { ...defaultStoreLimits, ...storeLimits }
    const bytesMax = recordBytesMax(mesh.limits) - 2 * keyBytesMax - recordOverheadBytes
    if (valueBytesMax > bytesMax) {
      throw new ArgumentError(
        'storeLimits.valueBytesMax',
        `at most ${bytesMax}, so that a record fits into a frame of limits.frameBytesMax`,
        valueBytesMax,
      )
    }
    const replicator: Replicator = new Replicator({
      store,
      mesh,
      environment,
      onChange: (change) => {
        this.#keeper?.touch(change.key)
        this.announce([change])
      },
    })
    return { mesh, store, networkId: mesh.subnet.hash, replicator }
  }
}
