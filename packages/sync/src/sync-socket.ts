import { ArgumentError, checkObject, checkOptions, ClosedError, systemEnvironment } from '@ts2p/base'
import type { Environment } from '@ts2p/base'
import type { MeshSocket, MessageHandler } from '@ts2p/mesh'
import type { OwnIdentity } from '@ts2p/protocol'
import type { Change, Persistence, Store } from '@ts2p/store'
import { Codec } from './dictionary/codec.ts'
import { CatchingUpError, NotKeptError, NotReadyError } from './errors.ts'
import type { Input } from './dictionary/encoding.ts'
import type { Keeping } from './persistence/keeping.ts'
import { Member } from './member.ts'
import { newIdentity } from './new-identity.ts'
import { buildNode } from './node.ts'
import type { Node } from './node.ts'
import type { SyncSocketOptions } from './sync-options.ts'

/** How long a close waits until slow neighbours have taken what was set, milliseconds. Then 5 s are left for what is queued. */
const drainMs = 5000

/**
 * A dictionary that every node of the network holds. Reading is local; writing is local too and reaches the others a
 * moment later. By default a key belongs to the node that set it, until an hour after it did so last: others get a
 * LeaseHeldError.
 */
export class SyncSocket<K = Uint8Array, V = Uint8Array> extends Member<K, V> {
  /**
   * Resolves when the socket can be used: at once without `persistence`, else when what is kept was read. `listen` and
   * `connect` wait for it. Rejects with what they throw then.
   * @throws {PersistenceCorruptError} @throws {PersistenceInUseError} @throws {PersistenceFailedError}
   * @throws {PersistenceMismatchError}
   * @throws {TypeError} A page could not load the file with what keeps a dictionary: load the page again.
   */
  readonly ready: Promise<void>
  readonly #environment: Environment
  readonly #isKept: boolean
  readonly #early: MessageHandler[] = []
  /** The length of a lease, seconds; 0 without leases. */
  readonly leaseSeconds: number
  /** Whether the records of the dictionary are signed by the nodes that write them. */
  readonly isSigned: boolean
  #keeping: Keeping | undefined
  #node: Node | undefined
  #isClosed = false
  #closing: Promise<void> | undefined

  /** @throws {ArgumentError} An option is not what it must be. */
  constructor(options: SyncSocketOptions<K, V>) {
    checkOptions(options)
    const {
      leasing = true,
      leaseSeconds = 3600,
      signing = true,
      keyEncoding,
      valueEncoding,
      storeLimits = {},
      persistence,
      ...meshOptions
    } = options
    super({
      codec: new Codec<K, V>({ keyEncoding, valueEncoding, hasFields: !leasing }),
      isLeased: leasing,
      report: (code, message) => this.#node?.channel.report(code, message),
    })
    if (typeof signing !== 'boolean') throw new ArgumentError('signing', 'true or false', signing)
    if (typeof leasing !== 'boolean') throw new ArgumentError('leasing', 'true or false', leasing)
    if (!Number.isInteger(leaseSeconds) || leaseSeconds < 1) {
      throw new ArgumentError(
        'leaseSeconds',
        'a whole number of seconds, at least 1; to have no leases set leasing to false',
        leaseSeconds,
      )
    }
    const environment = options.environment ?? systemEnvironment()
    this.#environment = environment
    this.leaseSeconds = leasing ? leaseSeconds : 0
    this.isSigned = signing
    this.#isKept = persistence !== undefined
    const build = (identity: OwnIdentity): Node =>
      buildNode(
        {
          ...(this.#keeping ? { knownNodes: this.#keeping.nodes } : {}),
          ...meshOptions,
          environment,
          identity,
          leaseSeconds: this.leaseSeconds,
          isSigned: signing,
          storeLimits,
        },
        {
          onChanges: (changes) => {
            for (const { key } of changes) this.#keeping?.touch(key)
            this.announce(changes)
          },
          onForgotten: (keys) => {
            for (const key of keys) this.#keeping?.touch(key)
          },
          onContact: (nowMs) => {
            this.#keeping?.noteContact(nowMs)
            void this.#keepCursors()
          },
          onSweep: () => this.announceExpired(),
          tell: (event) => this.tell(event),
          tellOfPeer: (event, connection) => this.tell(event, connection),
          onRefused: (error) => this.tell('refused', error),
        },
      )
    if (!persistence) {
      this.#node = build(options.identity ?? newIdentity(environment).identity)
      this.ready = Promise.resolve()
      return
    }
    this.ready = this.#open(persistence, { build, given: options.identity })
    // Whoever awaits it, or calls listen or connect, hears of a failure: that nobody does so yet is no fault.
    this.ready.catch(() => undefined)
  }

  /** See MeshSocket. @throws as `ready` rejects */
  listen(): Promise<void> {
    return this.#whenReady(() => this.mesh.listen())
  }

  /** See MeshSocket. @throws as `ready` rejects */
  connect(host: string, port: number, transport?: string): Promise<void> {
    return this.#whenReady(async () => {
      await this.mesh.connect(host, port, transport)
      await this.caughtUp()
    })
  }

  /**
   * Resolves when this node has compared what it kept with a neighbour, after a restart; at once when there is nobody to
   * compare with, or nothing was kept. Until then, writes under leases throw a CatchingUpError.
   */
  async caughtUp(): Promise<void> {
    await this.ready
    await this.#whole.catchUp.settled()
  }

  /**
   * Resolves when everything is durable that was set here, or came from others, before the call.
   * @throws {PersistenceFailedError} It could not be written; it is tried again, also without another call.
   * @throws {NotKeptError} The socket has no `persistence`.
   */
  async flush(): Promise<void> {
    if (!this.#isKept) throw new NotKeptError()
    await this.ready
    await this.#keeping?.flush()
  }

  /**
   * Resolves when so many neighbours have said that they hold what the key has now, in memory at least:
   * `await socket.set(key, value).replicated(key, { replicas: 2 })`.
   * @param options.replicas neighbours, default 1
   * @param options.timeoutMs default 10,000
   * @throws {ReplicasMissingError} There were fewer in that time. @throws {ArgumentError} @throws {ClosedError}
   */
  async replicated(key: Input<K>, options: { replicas?: number; timeoutMs?: number } = {}): Promise<void> {
    if (this.#isClosed) throw new ClosedError('wait for replicas')
    checkObject('options', options)
    const { replicas = 1, timeoutMs = 10_000 } = options
    if (!(Number.isInteger(replicas) && replicas > 0))
      throw new ArgumentError('replicas', 'a whole number above 0', replicas)
    if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw new ArgumentError('timeoutMs', 'a number above 0', timeoutMs)
    const { acknowledgments } = this.#whole
    await acknowledgments.replicated(this.codec.encodeKey(key), { replicas, timeoutMs })
  }

  /** See MeshSocket. */
  registerHandler(handler: MessageHandler): void {
    if (this.#node) this.#node.mesh.registerHandler(handler)
    else this.#early.push(handler)
  }

  /**
   * Sends what is queued, for up to 10 s, writes what is not on the disk yet, then leaves. What is in the dictionary can still be read.
   * @throws {PersistenceFailedError} The last changes could not be kept. The socket is closed all the same.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  protected override get store(): Store {
    return this.#whole.store
  }

  protected override get mesh(): MeshSocket {
    return this.#whole.mesh
  }

  protected override now(): number {
    return this.#environment.now()
  }

  protected override spread(change: Change): void {
    this.#keeping?.touch(change.key)
    this.#whole.replicator.publish(change)
  }

  protected override assertOpen(action: string): void {
    if (this.#isClosed) throw new ClosedError(action)
    if (this.leaseSeconds === 0 || action === 'watch' || !this.#node) return
    const { catchUp, clockWatch } = this.#node
    if (catchUp.isUnderWay) throw new CatchingUpError()
    if (clockWatch.error) throw clockWatch.error
  }

  /** @throws {NotReadyError} */
  get #whole(): Node {
    if (!this.#node) throw new NotReadyError()
    return this.#node
  }

  async #close(): Promise<void> {
    this.#isClosed = true
    this.endWatches()
    // What is being opened is opened first: it cannot be given free in between.
    if (!this.#node) await this.ready.catch(() => undefined)
    const isDrained = await this.#node?.replicator.drain(drainMs)
    if (isDrained === false) {
      this.#node?.channel.report(
        'close-incomplete',
        'A neighbour is too slow: what was set last may have reached nobody.',
      )
    }
    await this.#node?.mesh.close()
    await this.#keepCursors()
    await this.#keeping?.close()
  }

  async #open(
    persistence: Persistence,
    parts: { build: (identity: OwnIdentity) => Node; given: OwnIdentity | undefined },
  ): Promise<void> {
    const { Keeping } = await import('./persistence/keeping.ts')
    const report = (sentence: string): void => this.#node?.channel.report('persistence', sentence)
    this.#keeping = new Keeping({ persistence, environment: this.#environment, report })
    const node = await this.#keeping.open(parts)
    for (const handler of this.#early) node.mesh.registerHandler(handler)
    this.#node = node
  }

  async #keepCursors(): Promise<void> {
    if (this.#keeping && this.#node) await this.#keeping.keepCursors(this.#node.cursors)
  }

  #whenReady(action: () => Promise<void>): Promise<void> {
    return this.#node ? action() : this.ready.then(action)
  }
}
