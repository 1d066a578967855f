import { compressions, decodeEnvelope, FrameDecoder, OutgoingEnvelope, ProtocolError } from '@ts2p/protocol'
import type { Address, Flag, Hello, Limits, NodeId, ReceivedEnvelope } from '@ts2p/protocol'
import { proxiedSource, addressSourceOf } from '../dialing/advertised-address.ts'
import type { AddressSource } from '../dialing/advertised-address.ts'
import type { Environment } from '../environment/environment.ts'
import { PeerLostError } from '../errors.ts'
import { recordActivity, startKeepalive, suspect, checkKeepalive, checkPausedKeepalive } from './keepalive.ts'
import type { Keepalive } from './keepalive.ts'
import { inflationCost } from './inflation-cost.ts'
import { isExhausted, refill, startRateLimit, chargeMessage, chargeWork } from './rate-limit.ts'
import type { RateLimit } from './rate-limit.ts'
import { Outbox } from './outbox.ts'
import { PeerClock, urgent } from './peer-clock.ts'
import type { MeasuredClock } from './peer-clock.ts'
import type { Link, LinkHandler, Traffic } from './transport.ts'

/** What a connection tells the socket that owns it. */
export interface ConnectionOwner {
  /** The link carries data: time to shake hands. */
  onOpen(connection: Connection): void
  /** A message other than ping and pong. @throws {ProtocolError} The peer is faulty and the link closes. */
  onMessage(connection: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): void
  /** A connection that was congested takes data again. */
  onWritable(connection: Connection): void
  /** The connection is closing: it sends what is queued, then ends. */
  onClosing(connection: Connection): void
  /** Called once, last. */
  onClose(connection: Connection, error: Error | undefined): void
}

/** Who the other side of an established connection is. */
export interface PeerIdentity {
  readonly id: NodeId
  /** SHA-256 of its key. */
  readonly hash: Uint8Array
  /** Where it can be dialed, as seen from here; empty for a node that only dials. */
  readonly addresses: readonly Address[]
}

/** How long a peer has to show that it lives when another link claims its id, and to take what is left at a close. */
const [suspectMs, closeMs] = [5000, 5000] as const
/** How long after its last byte a frame that has come in part is still taken to be on its way, milliseconds. */
const arrivingMs = 1000
/** How long a ping that measures the peer's clock is waited for before the next one, milliseconds. */
const clockPatienceMs = 2000
/** Bytes given to the link at a time. What waits behind them can still be overtaken by urgent messages. */
const windowBytes = 256 * 1024

/** One link and the conversation on it: frames, queues, pings, rates. Made by the socket only. */
export class Connection implements LinkHandler {
  readonly direction: 'dialed' | 'accepted'
  /** Where the other side is, to print. */
  readonly remote: string
  readonly remoteHost: string
  readonly openedAt: number
  readonly #link: Link
  readonly #environment: Environment
  readonly #limits: Limits
  readonly #owner: ConnectionOwner
  readonly #isProxied: boolean
  readonly #decoder: FrameDecoder
  #state: 'handshake' | 'established' | 'closing' | 'closed' = 'handshake'
  #peer: PeerIdentity | undefined
  #establishedAt: number | undefined
  #compress = false
  readonly #outbox = new Outbox()
  #isFlushDue = false
  readonly #traffic = { sentBytes: 0, receivedBytes: 0 }
  #wasCongested = false
  readonly #clock: PeerClock
  #keepalive: Keepalive
  #rate: RateLimit
  #isPaused = false
  #closeBy = Number.POSITIVE_INFINITY
  #error: Error | undefined

  constructor(options: {
    link: Link
    direction: 'dialed' | 'accepted'
    remote: string
    environment: Environment
    limits: Limits
    owner: ConnectionOwner
    /** It came through a reverse proxy. Default false. */
    isProxied?: boolean
    /** What an earlier link has left of the rates. Default all. */
    rate?: RateLimit | undefined
  }) {
    this.direction = options.direction
    this.remote = options.remote
    this.remoteHost = options.link.remoteHost
    this.#link = options.link
    this.#environment = options.environment
    this.#limits = options.limits
    this.#owner = options.owner
    this.#isProxied = options.isProxied === true
    this.#decoder = new FrameDecoder(options.limits.handshakeFrameBytesMax)
    this.openedAt = options.environment.monotonicNow()
    this.#keepalive = startKeepalive(this.openedAt)
    this.#clock = new PeerClock(options.environment)
    this.#rate = refill(options.rate ?? startRateLimit(options.limits, this.openedAt), options.limits, this.openedAt)
    options.link.attach(this)
  }

  /** The other side's id. @throws {Error} Before the handshake is done; sockets hand out connections only after it. */
  get id(): NodeId {
    return this.peer.id
  }

  /** Who the other side is; as `id`, only after the handshake. */
  get peer(): PeerIdentity {
    if (!this.#peer) throw new Error('The handshake of this connection is not done.')
    return this.#peer
  }

  /** See Link. */
  get channelBinding(): Uint8Array | undefined {
    return this.#link.channelBinding
  }

  /** From where the other side speaks; complete once the link is open. */
  get addressSource(): AddressSource {
    return this.#isProxied ? proxiedSource : addressSourceOf(this.#link)
  }

  get isEstablished(): boolean {
    return this.#state === 'established'
  }

  get wasEstablished(): boolean {
    return this.#peer !== undefined
  }

  /** When the handshake was done, milliseconds of the monotonic clock; undefined before. */
  get establishedAt(): number | undefined {
    return this.#establishedAt
  }

  /** The peer's clock as it was measured last. */
  get clock(): MeasuredClock {
    return this.#clock
  }

  /** Measures the peer's clock by a ping, unless it was measured in the last `withinMs` milliseconds. */
  measureClock(withinMs: number): void {
    if (this.#state !== 'established') return
    if (this.#clock.isDue({ withinMs, patienceMs: clockPatienceMs })) this.#ping()
  }

  /** Bytes that the peer has not taken yet. */
  get queuedBytes(): number {
    return this.#outbox.bytes + this.#link.bufferedBytes
  }

  /** Bytes of frames sent and received on this link, without those that were discounted. */
  get traffic(): Traffic {
    return { ...this.#traffic }
  }

  /** Takes bytes out of `traffic`: those by which the network is only inspected. */
  discount({ sentBytes = 0, receivedBytes = 0 }: Partial<Traffic>): void {
    this.#traffic.sentBytes -= sentBytes
    this.#traffic.receivedBytes -= receivedBytes
  }

  /** Whether more than sendQueueSoftBytes wait: what can be made up for later should not be sent now. */
  get isCongested(): boolean {
    return this.queuedBytes > this.#limits.sendQueueSoftBytes
  }

  /** Whether the peer has used up one of its rates: nothing is read from it for now. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** What is left of the rates. */
  get rate(): RateLimit {
    return this.#rate
  }

  /** Whether a frame has come in part, and its rest is on the way or waits to be read: what was sent after it cannot have come yet. */
  get isReceiving(): boolean {
    const silentMs = this.#environment.monotonicNow() - this.#keepalive.heardAt
    return this.#decoder.pendingBytes > 0 && (this.#isPaused || silentMs < arrivingMs)
  }

  /** Sends a message, after the current turn, in one write with all others of this turn. */
  send(envelope: OutgoingEnvelope): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    const frame = envelope.frame(this.#compress)
    if (!this.#isFlushDue) this.#environment.defer(() => this.#flush())
    this.#isFlushDue = true
    this.#outbox.add(frame, envelope.isUrgent)
    this.#traffic.sentBytes += frame.length
    if (this.queuedBytes > this.#limits.sendQueueSoftBytes) this.#wasCongested = true
    if (this.queuedBytes > this.#limits.sendQueueHardBytes) this.destroy(new PeerLostError('slow'))
  }

  /**
   * Takes work that a message of this peer has caused out of `limits.workPerSecond`. If none is left, nothing more is read for now: messages
   * are delayed, none is lost.
   * @param microseconds processor time, estimated
   */
  charge(microseconds: number): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#rate = chargeWork(this.#rate, microseconds)
    if (isExhausted(this.#rate)) this.#pause()
  }

  /** Sends what is queued, then ends the link; gives the peer 5 s to take it. */
  close(): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#flush(Number.POSITIVE_INFINITY)
    this.#state = 'closing'
    this.#closeBy = this.#environment.monotonicNow() + closeMs
    this.#link.close()
    this.#owner.onClosing(this)
  }

  /** Closes, and waits for a peer only if there is one: who is in the middle of the handshake may never say anything. */
  leave(): void {
    if (this.#state === 'handshake') this.destroy()
    else this.close()
  }

  /** Ends the link at once, for a reason. */
  destroy(error?: Error): void {
    if (this.#state === 'closed') return
    this.#error ??= error
    this.#state = 'closing'
    this.#closeBy = 0
    this.#outbox.clear()
    this.#link.destroy()
  }

  /** The peer's hello has come. */
  onHello({ time }: Hello): void {
    this.#clock.onHello(time)
  }

  /** The handshake is done: from now on this is a connection with that peer. */
  establish(peer: PeerIdentity, hello: Hello): void {
    this.#peer = peer
    this.#compress = hello.compressions.includes(compressions.zlib)
    this.#decoder.bodyBytesMax = this.#limits.frameBytesMax
    this.#establishedAt = this.#environment.monotonicNow()
    this.#state = 'established'
  }

  /** Another link claims to be this peer: ask it for a sign of life, and give it up if none comes. */
  suspect(): void {
    this.#keepalive = suspect(this.#keepalive, this.#environment.monotonicNow(), suspectMs)
    this.#ping()
  }

  /** Called by the socket's one timer. */
  checkLiveness(now: number, maintenanceMs: number): void {
    if (this.#state === 'closing' && now >= this.#closeBy) this.#link.destroy()
    if (this.#state !== 'established') return
    this.#rate = refill(this.#rate, this.#limits, now)
    const wasPaused = this.#isPaused
    if (wasPaused && !isExhausted(this.#rate)) this.#resume()
    const { pingMs, deadMs } = this.#limits
    const times = { pingMs, deadMs, checkMs: maintenanceMs }
    const { state, step } = (wasPaused ? checkPausedKeepalive : checkKeepalive)(this.#keepalive, now, times)
    this.#keepalive = state
    if (step === 'ping') this.#ping()
    else if (step === 'none') this.measureClock(pingMs)
    if (step === 'dead') this.destroy(new PeerLostError('silent'))
  }

  onOpen(): void {
    if (this.#state === 'handshake') this.#owner.onOpen(this)
  }

  onData(chunk: Uint8Array): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#keepalive = recordActivity(this.#keepalive, this.#environment.monotonicNow())
    this.#traffic.receivedBytes += chunk.length
    this.#decoder.push(chunk)
    this.#read()
  }

  onDrain(): void {
    this.#flush()
    if (!this.#wasCongested || this.isCongested || this.#state !== 'established') return
    this.#wasCongested = false
    this.#owner.onWritable(this)
  }

  onClose(error: Error | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#owner.onClose(this, this.#error ?? error)
  }

  #flush(atOnceBytesMax = windowBytes): void {
    this.#isFlushDue = false
    const room = atOnceBytesMax - this.#link.bufferedBytes
    // Else the link drains later, and asks for more.
    if (room > 0 && !this.#outbox.isEmpty) this.#link.write(this.#outbox.dequeue(room))
  }

  #read(): void {
    try {
      while (!this.#isPaused && (this.#state === 'handshake' || this.#state === 'established')) {
        const body = this.#decoder.next()
        if (!body) return
        this.#onFrame(body)
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
      if (!(error instanceof ProtocolError)) this.#environment.log('error', 'a message could not be handled', { error })
    }
  }

  #onFrame(body: Uint8Array): void {
    this.#rate = chargeMessage(this.#rate, body.length)
    if (isExhausted(this.#rate)) this.#pause()
    const limits = { bytesMax: this.#decoder.bodyBytesMax, ratioMax: this.#limits.inflateRatioMax }
    const received = decodeEnvelope(body, limits)
    const { flag, payload, compressed } = received
    if (compressed) this.charge(inflationCost({ from: compressed.length, to: payload.length }))
    if (flag === undefined) return
    if (this.#state === 'handshake' && flag !== 'handshake')
      throw new ProtocolError(`handshake: ${flag} before it was done`)
    if (flag === 'ping') this.send(urgent('pong', this.#clock.answer(payload)))
    else if (flag === 'pong') this.#clock.onPong(payload)
    else this.#owner.onMessage(this, flag, payload, received)
  }

  #ping(): void {
    this.send(urgent('ping', this.#clock.start()))
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#rate = refill(this.#rate, this.#limits, this.#environment.monotonicNow())
    if (!isExhausted(this.#rate)) return
    this.#isPaused = true
    this.#link.pause()
  }

  #resume(): void {
    this.#isPaused = false
    this.#link.resume()
    this.#read()
  }
}
