import { checkKnown, ClosedError, untilClosed, waitFor, waitOptionNames } from '@ts2p/base'
import type { Environment, WaitOptions } from '@ts2p/base'
import { connectArguments, openOrClose } from '@ts2p/mesh'
import type { CallHandler, ConnectArguments, MeshSocket, MessageHandler } from '@ts2p/mesh'
import type { OwnIdentity } from '@ts2p/protocol'
import type { Change, Persistence, Store } from '@ts2p/store'
import { completeOptions } from './complete-options.ts'
import type { AnyEncoding, Decoded } from './dictionary/decoded.ts'
import type { Input } from './dictionary/encodings.ts'
import { EarlyHandlers } from './early-handlers.ts'
import type { HandlerRegistration } from './early-handlers.ts'
import { CatchingUpError, type ClockSkewError, NotPersistedError, NotReadyError } from './errors.ts'
import { MeshFacade } from './mesh-facade.ts'
import { newIdentity } from './new-identity.ts'
import type { Persister } from './persistence/persister.ts'
import { releaseLeases, unreleased } from './release-leases.ts'
import { Replica } from './replica.ts'
import type { ReplicaOptions } from './replica.ts'
import type { LeaseTerms } from './network-lease-terms.ts'
import { checkClose, checkReplicated } from './sync-options.ts'
import type { CloseOptions, OpenOptions, ReplicatedOptions, SyncSocketOptions } from './sync-options.ts'

/**
 * A dictionary that every node of the network holds. Reading is local; writing is local too, and reaches the others a moment later.
 * By default a key belongs to the node that set it, until an hour after its last write: others get a LeaseHeldError.
 */
export class SyncSocket<K = Uint8Array, V = Uint8Array> extends MeshFacade<K, V> {
  /**
   * Resolves when the socket can be used: at once without `persistence`, else when what is kept was read. `listen` and
   * `connect` wait for it. Rejects with what they throw then.
   * @throws {PersistenceCorruptError | PersistenceInUseError | PersistenceFailedError | PersistenceMismatchError | ClosedError}
   * @throws {TypeError} A page could not load the file with what keeps a dictionary: load the page again.
   */
  readonly ready: Promise<void>
  readonly #environment: Environment
  readonly #early = new EarlyHandlers()
  /** What the network has in common about leases. */
  readonly leaseTerms: LeaseTerms
  /** Whether the records of the dictionary are signed by the nodes that write them. */
  readonly isSigned: boolean
  /** Whether this node can come back with the same id: the application gave the identity, or there is a `persistence`. */
  readonly #isIdentityPersisted: boolean
  readonly #replicaOptions: Omit<ReplicaOptions, 'identity'>
  #persister: Persister | undefined
  /** Present if the socket has a `persistence`. */
  #opening: Promise<void> | undefined
  #replica: Replica | undefined
  #closing: Promise<void> | undefined

  /** @throws {ArgumentError} An option is not what it must be. */
  constructor(options: SyncSocketOptions<K, V>) {
    const { codec, replica, isIdentityPersisted } = completeOptions(options)
    const { environment, terms } = replica
    super({
      ...{ codec, terms },
      report: (code, message, failure) => {
        if (this.#replica) this.#replica.report(code, message, failure)
        else if (failure) environment.log('error', message, { error: failure.error })
      },
    })
    this.#environment = environment
    this.leaseTerms = terms
    this.isSigned = replica.isSigned
    this.#isIdentityPersisted = isIdentityPersisted
    this.#replicaOptions = replica
    const { persistence } = options
    if (persistence) this.ready = untilClosed(this, 'open', (this.#opening = this.#open(persistence, options.identity)))
    else {
      const identity = options.identity ?? newIdentity(environment).identity
      this.#replica = this.#createReplica({ ...this.#replicaOptions, identity })
      this.ready = Promise.resolve()
    }
    // Whoever awaits it, or calls listen or connect, hears of a failure: that nobody does so yet is no fault.
    this.ready.catch(() => undefined)
  }

  /**
   * Makes a socket that has restored what is kept, listens, and has joined its network: see `join`. If that fails, the socket is closed.
   * The types of keys and values are those of the encodings.
   * @param wait default: `joinMs` and `catchUpMs` alone limit the wait
   * @throws as the constructor and `join`
   */
  static open<KE extends AnyEncoding = 'binary', VE extends AnyEncoding = 'binary'>(
    options: OpenOptions<KE, VE>,
    wait?: WaitOptions,
  ): Promise<SyncSocket<Decoded<KE>, Decoded<VE>>>
  static open<K, V>(options: SyncSocketOptions<K, V>, wait?: WaitOptions): Promise<SyncSocket<K, V>>
  static async open<K, V>(options: SyncSocketOptions<K, V>, wait: WaitOptions = {}): Promise<SyncSocket<K, V>> {
    const socket = new SyncSocket<K, V>(options)
    return openOrClose(socket, () => socket.join(wait))
  }

  /** The length of a lease, seconds; 0 if no key has one. */
  get leaseSeconds(): number {
    return this.leaseTerms.leaseSeconds
  }

  /** The length of the longest lease that a write may name, seconds; 0 if no key has one. */
  get leaseSecondsMax(): number {
    return this.leaseTerms.leaseSecondsMax
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** See MeshSocket. @throws as `ready` rejects */
  listen(): Promise<void> {
    return this.#whenReady('listen', () => this.mesh.listen())
  }

  /**
   * See MeshSocket. Resolves when this node is linked and has caught up with a neighbor, which takes at most `catchUpMs`; a second call
   * resolves when it is linked. @throws as `ready` rejects
   */
  async connect(...target: ConnectArguments): Promise<void> {
    const [address, wait] = connectArguments(target)
    await this.#wait('connect', wait, () =>
      this.#whenReady('connect', async () => {
        await this.#whole.connect(address, wait)
        await this.caughtUp()
      }),
    )
  }

  /**
   * See MeshSocket. Resolves when this node is linked and has caught up with a neighbor, or nobody has answered within `joinMs`.
   * @throws as `ready` and MeshSocket's `join` reject
   */
  async join(options: WaitOptions = {}): Promise<void> {
    await this.#wait('join', options, () =>
      this.#whenReady('join', async () => {
        await this.#whole.join(options)
        await this.caughtUp()
      }),
    )
  }

  /**
   * Resolves when this node has caught up with a neighbor, after at most `catchUpMs`; at once when no catch-up is under way, as when there
   * is no link. Until then leased writes throw a CatchingUpError. @throws {ClosedError} @throws {TimeoutError}
   */
  async caughtUp(options: WaitOptions = {}): Promise<void> {
    await this.#wait('catch up', options, async () => {
      await this.ready
      await untilClosed(this, 'catch up', this.#whole.catchUp.settled())
    })
  }

  /**
   * Resolves when everything is durable that was set here, or came from others, before the call. `close` completes a flush under way.
   * @throws {PersistenceFailedError} It could not be written; it is tried again, also without another call.
   * @throws {NotPersistedError} The socket has no `persistence`. @throws {ClosedError} @throws {TimeoutError}
   */
  async flush(options: WaitOptions = {}): Promise<void> {
    if (!this.#opening) throw new NotPersistedError()
    if (this.isClosed) throw new ClosedError('flush')
    await this.#wait('flush', options, async () => {
      await this.ready
      await this.#persister?.flush()
    })
  }

  /**
   * Resolves when `replicas` neighbors hold what the key has now, in memory: `await socket.set(key, value).replicated(key, { replicas: 2 })`.
   * @throws {ReplicasMissingError} There were fewer in that time; its `reason` says if clocks are why. @throws {ArgumentError} @throws {ClosedError}
   */
  async replicated(key: Input<K>, options: ReplicatedOptions = {}): Promise<void> {
    if (this.isClosed) throw new ClosedError('wait for replicas')
    const wait = checkReplicated(options)
    // Neighbors are asked for what was sent to them.
    if (this.#persister?.isReserving) await this.#persister.reserved()
    const name = this.codec.encodeKey(key)
    const { signal } = options
    await this.#wait('wait for replicas', { ...(signal && { signal }) }, () =>
      this.#whole.acknowledgments.replicated(name, wait),
    )
  }

  /**
   * Compares this node's clock with its neighbors'. @returns undefined if they differ by at most `toleranceMs`, or most agree with this node;
   * else the error with which a lock is refused; 'unknown' if this node's clock has moved, and the neighbors are being asked
   */
  clockSkew(toleranceMs: number): ClockSkewError | 'unknown' | undefined {
    return this.#whole.clockWatch.judge(toleranceMs)
  }

  /** See MeshSocket. Before `ready` as well. @returns removes the handler @throws {ArgumentError} The handler is not a function. */
  registerHandler(handler: MessageHandler): () => void {
    return this.#register(handler, (mesh) => mesh.registerHandler(handler))
  }

  /** See MeshSocket. Before `ready` as well. @returns removes the handler @throws {ArgumentError} */
  handle<A = unknown, R = unknown>(name: string, handler: CallHandler<A, R>): () => void {
    return this.#register(handler, (mesh) => mesh.handle(name, handler))
  }

  /**
   * Sends what is queued, for up to 10 s, writes what is not on the disk yet, then leaves. What is in the dictionary can still be read. The
   * call itself emits 'close', rejects what waits with a ClosedError, and ends watches. A second call returns the promise of the first.
   *
   * By default a node whose identity is not kept releases its leases, since nobody could renew them: the values stay, and any node may write
   * them. An identity is kept if the socket has a `persistence` or an `identity`. Leases that could not be released are the issue
   * 'leases-not-released', and end by themselves.
   * @param options.release true: releases the leases also if the identity is kept; false: keeps them
   * @throws {PersistenceFailedError} The last changes could not be kept. The socket is closed all the same.
   * @throws {ArgumentError} `release` is not a boolean. The socket is not closed.
   */
  close(options: CloseOptions = {}): Promise<void> {
    const { release = !this.#isIdentityPersisted } = checkClose(options)
    let begin = (): void => undefined
    this.#closing ??= new Promise((resolve) => (begin = () => resolve(this.#close(release))))
    begin()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  protected override get store(): Store {
    return this.#whole.store
  }

  protected override now(): number {
    return this.#environment.now()
  }

  protected override spread(change: Change): void {
    this.#persister?.markDirty(change.key)
    this.#whole.clockWatch.useLease(change.leaseSeconds)
    this.#whole.ephemeral.onChange()
    const publish = (): void => this.#whole.replicator.publish(change)
    if (this.#persister) this.#persister.whenReserved(publish)
    else publish()
  }

  protected override assertOpen(action: string): void {
    if (this.isClosed) throw new ClosedError(action)
  }

  protected override assertMayJudge(): void {
    const { catchUp, clockWatch } = this.#whole
    if (catchUp.isUnderWay) throw new CatchingUpError()
    if (clockWatch.error) throw clockWatch.error
  }

  /** @throws {NotReadyError} */
  get #whole(): Replica {
    if (!this.#replica) throw new NotReadyError()
    return this.#replica
  }

  protected override get mesh(): MeshSocket {
    return this.#whole.mesh
  }

  #createReplica(options: ReplicaOptions): Replica {
    return new Replica(options, {
      onChanges: (changes) => {
        for (const { key } of changes) this.#persister?.markDirty(key)
        this.announce(changes)
      },
      onPublish: (changes) => this.publish(changes),
      onForgotten: (keys) => keys.forEach((key) => this.#persister?.markDirty(key)),
      onDropped: () => this.#persister?.markAllDirty(),
      onContact: (contactMs) => {
        this.#saveContact(contactMs)
        void this.#saveCursors()
      },
      onMaintenance: () => this.announceExpired(),
      onMeshEvent: (event) => this.emitIsolated(event),
      onPeerEvent: (event, connection) => this.emitIsolated(event, connection),
      onRefused: (error) => this.emitIsolated('refused', error),
      onWritesRefused: (keys, by) => this.announceRefused(keys, by),
      onClocksDiffer: (found) => this.emitIsolated('clocks-differ', found),
      onContested: (contest) => this.announceContest(contest),
    })
  }

  async #close(isReleasing: boolean): Promise<void> {
    this.endWatches()
    this.emitIsolated('close')
    // What is being opened is opened first: it cannot be given free in between.
    if (!this.#replica) await this.#opening?.catch(() => undefined)
    if (this.#persister) await this.#persister.reserved()
    // In the turn of the call, if nothing has to be waited for: a value that was set in this turn is then sent once.
    if (isReleasing && this.#replica) this.#release(this.#replica)
    await this.#persister?.reserved()
    await this.#replica?.mesh.close()
    await this.#saveCursors()
    if (this.#replica?.contactMs !== undefined) this.#saveContact(this.#replica.contactMs, 0)
    await this.#persister?.close()
  }

  /** Releases the leases of this node. The changes are sent before the links close. */
  #release(replica: Replica): void {
    const released = releaseLeases(replica.store, this.now())
    for (const change of released.changes) this.spread(change)
    for (const sentence of unreleased(released, { isIsolated: replica.mesh.isolatedMs !== undefined }))
      replica.report('leases-not-released', sentence)
  }

  async #open(persistence: Persistence, given: OwnIdentity | undefined): Promise<void> {
    const { Persister } = await import('./persistence/persister.ts')
    const report = (sentence: string): void => this.#replica?.report('persistence', sentence)
    const persister = new Persister({ persistence, environment: this.#environment, report })
    this.#persister = persister
    try {
      const saved = await persister.load()
      const [identity, knownNodes] = [persister.identify(saved, given), persister.peerCache(saved)]
      const replica = this.#createReplica({ knownNodes, ...this.#replicaOptions, identity })
      await replica.restore(saved)
      await persister.start(replica)
      this.#early.registerWith(replica.mesh)
      this.#replica = replica
    } catch (error) {
      await persister.release(error)
      throw error
    }
  }

  #saveContact(contactMs: number, precisionMs?: number): void {
    this.#persister?.saveContact({ contactMs, completeSince: this.store.completeSince }, precisionMs)
  }

  async #saveCursors(): Promise<void> {
    if (!this.#replica) return
    // Ephemeral keys are not kept: what is held when a cursor is used again is less than it says.
    const cursors = this.#replica.store.hasEphemeral ? [] : this.#replica.cursors.entries()
    await this.#persister?.saveCursors(cursors)
  }

  #register(handler: unknown, register: HandlerRegistration): () => void {
    return this.#replica ? register(this.#replica.mesh) : this.#early.add(handler, register)
  }

  #wait<T>(action: string, wait: WaitOptions, begin: () => Promise<T>): Promise<T> {
    checkKnown('options', wait, waitOptionNames)
    return waitFor(begin, { ...wait, action, environment: this.#environment })
  }

  #whenReady(name: string, action: () => Promise<void>): Promise<void> {
    return untilClosed(this, name, this.#replica ? action() : this.ready.then(action))
  }
}
