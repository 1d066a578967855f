import { decodePing, encodePing, OutgoingEnvelope } from '@ts2p/protocol'
import type { Environment } from '../environment/environment.ts'

/** A wall clock that moves by more than this against the steady one was set, or the machine has slept, milliseconds. */
const stepMs = 1000
/** A clock as a hello tells it is late by the time that the hello took: at most this is assumed, milliseconds. */
const helloErrorMs = 1000

/** What a node knows of a neighbor's wall clock. */
export interface ClockReading {
  /** How far the neighbor's wall clock is ahead of this node's steady clock, milliseconds. */
  readonly aheadMs: number
  /** The true figure differs from `aheadMs` by at most this: half the round trip, milliseconds. */
  readonly errorMs: number
  /** When it was measured: this node's steady clock, milliseconds. */
  readonly at: number
  /** How far this node's own wall clock was ahead of its steady one at that time, milliseconds. */
  readonly ownAheadMs: number
}

/** What a connection tells of its peer's clock. */
export interface MeasuredClock {
  /** The latest reading; undefined if this node's own clock was set, or its machine has slept, since. */
  readonly current: ClockReading | undefined
  /** For how long pings have not been answered, milliseconds; 0 if none is under way. */
  readonly unansweredMs: number
}

/** How far the wall clock of this node is ahead of its steady clock, milliseconds. It changes only when the clock is set or the machine sleeps. */
function ownAhead(environment: Environment): number {
  return environment.now() - environment.monotonicNow()
}

/**
 * Measures a neighbor's wall clock by pings (Cristian, 1989): the pong has the neighbor's time, and halfway through the round trip that
 * time was right. A round trip during which this node's own clock has moved measures nothing.
 */
export class PeerClock implements MeasuredClock {
  readonly #environment: Environment
  #reading: ClockReading
  #nonce = 0
  #waitsSince: number | undefined
  #ping: { readonly at: number; readonly ownAheadMs: number } | undefined

  constructor(environment: Environment) {
    this.#environment = environment
    this.#reading = { aheadMs: 0, errorMs: Number.POSITIVE_INFINITY, at: Number.NEGATIVE_INFINITY, ownAheadMs: 0 }
  }

  get current(): ClockReading | undefined {
    return this.#isStale ? undefined : this.#reading
  }

  get unansweredMs(): number {
    const now = this.#environment.monotonicNow()
    return now - (this.#waitsSince ?? now)
  }

  /** The neighbor's hello has come, with its time: a first reading, until a ping is answered. */
  onHello(time: number): void {
    const at = Number.NEGATIVE_INFINITY
    const aheadMs = time - this.#environment.monotonicNow()
    this.#reading = { aheadMs, errorMs: helloErrorMs, at, ownAheadMs: ownAhead(this.#environment) }
  }

  /** Begins to measure. @returns the payload of a ping to send now */
  start(): Uint8Array {
    this.#nonce = (this.#nonce + 1) % 2 ** 32
    const at = this.#environment.monotonicNow()
    this.#waitsSince ??= at
    this.#ping = { at, ownAheadMs: ownAhead(this.#environment) }
    return encodePing({ nonce: this.#nonce, time: 0 })
  }

  /** The payload of a pong that answers a ping. @throws {ProtocolError} */
  answer(payload: Uint8Array): Uint8Array {
    return encodePing({ nonce: decodePing(payload).nonce, time: this.#environment.now() })
  }

  /** Takes a pong. One that answers an older ping, or none, measures nothing. @throws {ProtocolError} */
  onPong(payload: Uint8Array): void {
    const { nonce, time } = decodePing(payload)
    this.#waitsSince = undefined
    const ping = this.#ping
    if (!ping || nonce !== this.#nonce) return
    this.#ping = undefined
    const at = this.#environment.monotonicNow()
    const ownAheadMs = ownAhead(this.#environment)
    const stepped = Math.abs(ownAheadMs - ping.ownAheadMs)
    if (stepped > stepMs) return
    this.#reading = { aheadMs: time - (ping.at + at) / 2, errorMs: (at - ping.at) / 2 + stepped, at, ownAheadMs }
  }

  /** Whether this node's own clock was set, or its machine has slept, since the reading: then the reading says nothing. */
  get #isStale(): boolean {
    return Math.abs(ownAhead(this.#environment) - this.#reading.ownAheadMs) > stepMs
  }

  /**
   * Whether it is time to ping: the reading is `withinMs` old or stale, and no ping is under way that may still be answered.
   * @param options.patienceMs how long a ping is waited for
   */
  isDue({ withinMs, patienceMs }: { readonly withinMs: number; readonly patienceMs: number }): boolean {
    const now = this.#environment.monotonicNow()
    if (this.#ping && now - this.#ping.at < patienceMs) return false
    return this.#isStale || now - this.#reading.at >= withinMs
  }
}

/** The payload of a ping or a pong on its way: it overtakes what waits, or it would measure the queue. */
export function urgent(flag: 'ping' | 'pong', payload: Uint8Array): OutgoingEnvelope {
  return new OutgoingEnvelope(flag, payload, { isUrgent: true })
}
