import { addressesPerNodeMax, addressToString, OutgoingEnvelope, ProtocolError } from '@ts2p/protocol'
import type { Address, Flag, Limits, NodeId, OwnIdentity, ReceivedEnvelope, Subnet } from '@ts2p/protocol'
import { admits, secretFrom } from './handshake/admission.ts'
import { advertisedAddress } from './dialing/advertised-address.ts'
import type { BaseHandler } from './base-handler.ts'
import type { DialAttempt, BaseSocketOptions, PersistentPeer, PersistentPeerOwner } from './base-options.ts'
import { Connection } from './links/connection.ts'
import type { ConnectionOwner } from './links/connection.ts'
import { DialManager } from './dialing/dial-manager.ts'
import { Listeners } from './links/listeners.ts'
import type { Environment } from './environment/environment.ts'
import { ClosedError, HandshakeFailedError } from './errors.ts'
import { Handshaker } from './handshake/handshaker.ts'
import { Issues } from './issues.ts'
import type { Failure, Issue } from './issues.ts'
import { standaloneHandler } from './standalone-handler.ts'
import type { BaseSocketEvents } from './standalone-handler.ts'
import { hostsIn } from './dialing/network-scope.ts'
import { HostRates } from './links/host-rates.ts'
import type { RateLimit } from './links/rate-limit.ts'
import { OpenConnections } from './links/open-connections.ts'
import { checkBaseOptions, completeLimits } from './check-options.ts'
import { PublicEmitter } from './public-emitter.ts'
import { RefusedError } from './handshake/refused-error.ts'
import { RepeatingTimer } from './environment/repeating-timer.ts'
import type { Link } from './links/transport.ts'
import { untilClosed } from './until-closed.ts'

/** How often the socket's one timer looks after handshakes, silence, rates and redials, milliseconds. */
export const maintenanceMs = 500

/** Links to nodes of a subnet over any transports: handshakes, pings, bounded queues, redials. */
export class BaseSocket extends PublicEmitter<BaseSocketEvents> implements ConnectionOwner {
  readonly identity: OwnIdentity
  readonly limits: Limits
  readonly #environment: Environment
  readonly #issues: Issues
  readonly #listeners: Listeners
  readonly #options: BaseSocketOptions
  readonly #handler: BaseHandler
  readonly #dialManager: DialManager
  readonly #isTrustedProxy: (host: string) => boolean
  readonly #handshaker: Handshaker
  readonly #connections = new Map<NodeId, Connection>()
  readonly #open: OpenConnections
  readonly #hostRates: HostRates
  #listening: Promise<void> | undefined
  #isListening = false
  readonly #timer: RepeatingTimer
  #state: 'idle' | 'running' | 'closing' | 'closed' = 'idle'
  #closing: Promise<void> | undefined

  /** @param handler the layer above; without one, the socket's events tell. */
  constructor(options: BaseSocketOptions, handler?: BaseHandler) {
    super((error) =>
      this.report('listener-failed', `A listener of the application failed: ${String(error)}`, { error }),
    )
    checkBaseOptions(options, handler !== undefined)
    this.identity = options.identity
    this.limits = completeLimits(options.limits)
    this.#environment = options.environment
    this.#issues = new Issues(options.environment)
    this.#listeners = new Listeners(options, (link) => this.accept(link))
    this.#options = options
    this.#hostRates = new HostRates(this.limits)
    this.#open = new OpenConnections(this.limits.peersMax + this.limits.halfOpenMax)
    this.#isTrustedProxy = hostsIn(options.trustedProxies)
    this.#handler =
      handler ??
      standaloneHandler({
        tell: (event, ...values) => this.emitIsolated(event, ...values),
        log: (message, fields) => options.environment.log('info', message, fields),
      })
    this.#dialManager = new DialManager({
      environment: options.environment,
      connect: ({ transport, host, port }) => {
        const link = this.#listeners.transport(transport).dial(host, port)
        return this.#connect(link, 'dialed', addressToString({ transport, host, port }))
      },
      isLinked: (id) => this.#connections.has(id),
      onPersistentPeerFailed: (address, error) => this.#handler.onDialFailed(address, error),
    })
    this.#timer = new RepeatingTimer(options.environment, maintenanceMs, () => this.#runMaintenance())
    this.#handshaker = new Handshaker({
      limits: this.limits,
      isTrustedProxy: this.#isTrustedProxy,
      isLinked: (id) => this.#connections.has(id),
      linked: () => this.#connections.size,
      hasRoomFor: (inboundPeer) => this.#handler.hasRoomFor?.(inboundPeer) !== false,
      isHighPriority: (connection) => {
        const address = this.#dialManager.addressOf(connection)
        return address !== undefined && this.#handler.isHighPriority?.(address) === true
      },
      suspect: (id) => this.#connections.get(id)?.suspect(),
      peerHints: () => this.#handler.peerHints(),
      isAllowed: (candidate) =>
        admits(options.allow, candidate, (message, failure) => this.report('allow-failed', message, failure)),
      secret: secretFrom(options.secret),
      environment: options.environment,
      identity: options.identity,
      subnet: () => this.subnet,
      addresses: () => this.advertised,
    })
  }

  /** What nodes must have in common with this one. */
  get subnet(): Subnet {
    const { subnet } = this.#options
    return typeof subnet === 'function' ? subnet() : subnet
  }

  /** The established connections, by node id. */
  get connections(): ReadonlyMap<NodeId, Connection> {
    return this.#connections
  }

  /** The addresses listened on. */
  get addresses(): Address[] {
    return this.#listeners.addresses
  }

  /** The addresses given to other nodes; an empty host means the one that they see. */
  get advertised(): readonly Address[] {
    return this.#options.advertise ?? this.addresses.map(advertisedAddress).slice(0, addressesPerNodeMax)
  }

  /** What is wrong with this node, or was: one entry for each code; empty if nothing is. */
  get issues(): readonly Issue[] {
    return this.#issues.list()
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  /** Whether `listen` has succeeded. */
  get isListening(): boolean {
    return this.#isListening
  }

  /**
   * Starts the socket: listens where the options say. Calling it again changes nothing, unless it failed.
   * @throws {AddressInUseError} @throws {ListenError} @throws {ClosedError}
   */
  async listen(): Promise<void> {
    this.#start('listen')
    await untilClosed(this, 'listen', (this.#listening ??= this.#listen()))
  }

  /**
   * Dials once. Resolves when the handshake is done.
   * @throws {UnreachableError} Nobody answers there.
   * @throws {RefusedError} One of the two refused; it says which and why.
   * @throws {HandshakeFailedError} The other side is no ts2p node, or too slow.
   * @throws {ClosedError} @throws {ArgumentError} No transport of that name.
   */
  dial(address: Address): Promise<Connection> {
    return new Promise((resolve, reject) => this.attempt({ address, resolve, reject }))
  }

  /** As `dial`, by calls instead of a promise, for a layer whose data path does not wait. @throws {ClosedError} */
  attempt(attempt: DialAttempt): void {
    this.#start('dial')
    this.#dialManager.begin(attempt)
  }

  /** Dials, and dials again with jittered backoff whenever the link is lost, until `removePersistentPeer`. */
  addPersistentPeer(address: Address, peer?: PersistentPeerOwner): void {
    this.#start('dial')
    this.#dialManager.addPersistentPeer(address, peer)
    this.#environment.defer(() => this.#dialDue())
  }

  removePersistentPeer(address: Address): void {
    this.#dialManager.removePersistentPeer(address)
  }

  /** The persistent addresses. */
  persistentPeers(): PersistentPeer[] {
    return this.#dialManager.persistentPeers()
  }

  /** Takes a link, in the turn in which it was made, as if a transport had. Whoever has accepted it answers for its security. */
  accept(link: Link): void {
    if (this.isClosed) return link.destroy()
    this.#start('accept')
    const { remoteHost } = link
    // A host of which nothing is known, or a proxy, stands for many.
    if (remoteHost === '' || this.#isTrustedProxy(remoteHost)) return void this.#connect(link, 'accepted', remoteHost)
    const rate = this.#hostRates.open(remoteHost, this.#environment.monotonicNow())
    if (!rate) {
      this.report(
        'host-dials-too-often',
        `The host ${remoteHost} has dialed too often, or has broken the protocol: its new links end at once for some seconds. If many nodes share the host, name it in trustedProxies or raise limits.workPerSecond.`,
      )
      return link.destroy()
    }
    this.#connect(link, 'accepted', remoteHost, rate)
  }

  /** Sends bytes of the application to a linked node; false if it is not linked. */
  send(id: NodeId, payload: Uint8Array): boolean {
    const connection = this.#connections.get(id)
    connection?.send(new OutgoingEnvelope('whisper', payload))
    return connection !== undefined
  }

  /** Records an issue of a layer above, and logs the exception behind it. */
  report(code: string, message: string, failure?: Failure): void {
    this.#issues.report(code, message, failure)
  }

  /**
   * Stops listening, sends what is queued, closes every link. Resolves when all is closed. What waits is rejected with a ClosedError at once; the
   * layer above and 'close' hear of it.
   */
  close(): Promise<void> {
    let begin = (): void => undefined
    // A listener of 'close' may call this again.
    this.#closing ??= new Promise((resolve) => (begin = () => resolve(this.#close())))
    begin()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  onOpen(connection: Connection): void {
    const refused = this.#handshaker.greet(connection)
    if (refused) this.#refuse(connection, refused)
  }

  onMessage(connection: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): void {
    if (connection.isEstablished) {
      if (flag === 'handshake') throw new ProtocolError('handshake: a message after it was done')
      return this.#handler.onMessage(connection, flag, payload, received)
    }
    const outcome = this.#handshaker.onMessage(connection, payload)
    if (outcome === undefined) return
    if (outcome instanceof RefusedError) return this.#refuse(connection, outcome)
    const attempt = this.#dialManager.established(connection)
    this.#connections.set(connection.id, connection)
    this.#handler.onLink(connection)
    attempt?.resolve(connection)
  }

  onWritable(connection: Connection): void {
    this.#handler.onWritable(connection)
  }

  onClosing(connection: Connection): void {
    this.#open.closing(connection)
  }

  onClose(connection: Connection, error: Error | undefined): void {
    this.#handshaker.abandon(connection)
    if (connection.direction === 'accepted') {
      const now = this.#environment.monotonicNow()
      this.#hostRates.add(connection.remoteHost, connection.rate, now)
      if (error instanceof ProtocolError) this.#hostRates.punish(connection.remoteHost, now)
    }
    if (!this.#dialManager.ended(connection, error) && connection.wasEstablished) this.#unlink(connection, error)
    this.#open.delete(connection)
  }

  async #listen(): Promise<void> {
    try {
      await this.#listeners.open()
      this.#isListening = true
    } catch (error) {
      this.#listening = undefined // The port may be free the next time.
      throw error
    }
  }

  async #close(): Promise<void> {
    this.#state = 'closing'
    const rejectDialManager = this.#dialManager.close()
    for (const connection of this.#open) if (!connection.isEstablished) connection.leave()
    rejectDialManager()
    const drained = this.#handler.onClose?.()
    this.emitIsolated('close')
    if (drained) await drained
    this.#state = 'closed'
    for (const connection of this.#open) connection.leave()
    await this.#listeners.close()
    await this.#listening?.catch(() => undefined)
    await this.#open.empty()
    this.#timer.stop()
  }

  #unlink(connection: Connection, error: Error | undefined): void {
    if (this.#connections.get(connection.id) !== connection) return
    this.#connections.delete(connection.id)
    this.#dialManager.lost(connection)
    this.#handler.onUnlink(connection, error)
  }

  #start(action: string): void {
    if (this.isClosed) throw new ClosedError(action)
    if (this.#state === 'running') return
    this.#state = 'running'
    this.#timer.start()
  }

  #connect(link: Link, direction: 'dialed' | 'accepted', remote: string, rate?: RateLimit): Connection {
    const { limits } = this
    const environment = this.#environment
    const isProxied = direction === 'accepted' && this.#isTrustedProxy(link.remoteHost)
    const connection = new Connection({ link, direction, remote, environment, limits, owner: this, isProxied, rate })
    this.#open.add(connection)
    this.#handshaker.expect(connection, environment.monotonicNow())
    return connection
  }

  #refuse(connection: Connection, error: RefusedError): void {
    // It takes no stranger's place while it closes, which may be slow.
    this.#handshaker.abandon(connection)
    connection.close()
    this.#handler.onRefused(error)
    this.#dialManager.refused(connection, error)
  }

  #runMaintenance(): void {
    const now = this.#environment.monotonicNow()
    for (const connection of this.#handshaker.overdue(now)) {
      connection.destroy(new HandshakeFailedError(connection.remote, 'the handshake took too long'))
    }
    for (const connection of this.#open) connection.checkLiveness(now, maintenanceMs)
    this.#dialDue()
    if (this.#state !== 'closed') this.#handler.onMaintenance(now)
  }

  #dialDue(): void {
    if (this.#state === 'running') this.#dialManager.beginDue()
  }
}
