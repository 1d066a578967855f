import { ClosedError } from '@ts2p/base'
import { LeaseHeldError } from '@ts2p/store'
import { LockLostError } from './errors.ts'
import type { LossReason } from './errors.ts'
import type { LeasedKey } from './leased-key.ts'
import { renewalDelay } from './renewal-time.ts'
import type { Settings } from './settings.ts'
import { Timer } from './timer.ts'

/** What a held lease reports. */
export interface HeldLeaseHandler {
  /** It may count: as many neighbors as are wanted know of it. */
  onConfirmed(): void
  /** It has ended, and nobody here has ended it. */
  onLost(error: LockLostError): void
}

/**
 * The lease of a key from the claim until it is given up or lost. Renews it when about a third of it has passed. Its end is
 * reckoned by both clocks, the one of the wall and the steady one: whichever is first.
 */
export class HeldLease {
  readonly #key: LeasedKey
  readonly #settings: Settings
  readonly #handler: HeldLeaseHandler
  readonly #renewal: Timer
  readonly #end: Timer
  readonly #stopListening: readonly (() => void)[]
  #token = ''
  /** When the lease runs out, by the wall clock. */
  #expires = 0
  /** Until when it counts, by the steady clock. */
  #until = Number.NEGATIVE_INFINITY
  #isConfirmed = false
  #hasEnded = false
  #problem: unknown

  /** Claims the key. @throws as `SyncSocket.set` */
  constructor(parts: { key: LeasedKey; settings: Settings; handler: HeldLeaseHandler }) {
    this.#key = parts.key
    this.#settings = parts.settings
    this.#handler = parts.handler
    this.#renewal = new Timer(parts.settings.environment)
    this.#end = new Timer(parts.settings.environment)
    this.#write()
    this.#stopListening = [
      parts.key.onChange(() => this.#look()),
      parts.key.onContested((token) => this.#onContested(token)),
      parts.key.onRefused((token) => {
        if (!this.#hasEnded && token === this.#token) this.#endLost('refused')
      }),
      parts.key.onClose(() => {
        if (!this.#hasEnded) this.#endLost('closed', new ClosedError('hold a lock'))
      }),
    ]
  }

  /** The fencing token of the latest write. */
  get token(): string {
    return this.#token
  }

  /** Whether as many neighbors as are wanted have known of it. */
  get isConfirmed(): boolean {
    return this.#isConfirmed || this.#settings.replicas === 0
  }

  /** Whether it has not ended. Looks at the clocks: a timer may be late. */
  get isLive(): boolean {
    this.#look()
    return !this.#hasEnded
  }

  /** Ends it. @throws as `SyncSocket.del`, but for a ClosedError; then the lease runs out by itself */
  giveUp(): void {
    if (!this.isLive) return
    this.#stop()
    try {
      this.#key.giveUp()
    } catch (error) {
      // A listener of 'close' that hears of it before this lease term does may release the lock.
      if (!(error instanceof ClosedError)) throw error
    }
  }

  /** Ends it, and gives the key up if that is possible. */
  abandon(): void {
    if (!this.isLive) return
    this.#stop()
    this.#handOver()
  }

  /** @throws as `SyncSocket.set` */
  #write(): void {
    const { environment, guardMs, leaseMs, replicas } = this.#settings
    const { token, expiresAt: expires } = this.#key.write()
    const now = environment.now()
    // A clock that was set back does not make the lease longer: the others count it from a timestamp in their past.
    const leftMs = Math.min(expires - now, leaseMs)
    const until = environment.monotonicNow() + leftMs - guardMs
    this.#token = token
    this.#expires = expires
    this.#renewal.set(renewalDelay({ now, leftMs, leaseMs }), () => this.renew())
    if (replicas === 0) return this.#extend(until)
    // A claim has so long to be confirmed for the first time.
    if (this.#until === Number.NEGATIVE_INFINITY) this.#extend(until)
    this.#key.confirmed({ replicas, timeoutMs: leftMs }).then(
      () => this.#onConfirmed(until),
      (error: unknown) => (this.#problem = error),
    )
  }

  #onConfirmed(until: number): void {
    if (!this.isLive) return
    this.#extend(until)
    if (this.#isConfirmed) return
    this.#isConfirmed = true
    this.#handler.onConfirmed()
  }

  #extend(until: number): void {
    this.#until = Math.max(this.#until, until)
    this.#end.set(this.#until - this.#settings.environment.monotonicNow(), () => this.#onEnd())
  }

  #onEnd(): void {
    // A timer waits no longer than a platform can.
    if (this.isLive) this.#extend(this.#until)
  }

  /** Renews the lease, so that its token is greater than all that this node has heard of. */
  renew(): void {
    // Who finds that the lease has run out must not take it again as if nothing had happened.
    if (!this.isLive) return
    const { environment } = this.#settings
    try {
      this.#write()
      this.#problem = undefined
    } catch (error) {
      if (error instanceof LeaseHeldError) return this.#endLost('taken', error)
      this.#problem = error
      environment.log('warn', 'The lease of a lock could not be renewed. It is tried again.', { error: String(error) })
      this.#renewal.set(Math.max(100, (this.#expires - environment.now()) / 3), () => this.renew())
    }
  }

  #look(): void {
    if (this.#hasEnded) return
    const { environment } = this.#settings
    const lease = this.#key.lease()
    if (lease === undefined) this.#endLost(environment.now() < this.#expires ? 'deleted' : 'expired', this.#problem)
    else if (lease.owner !== this.#key.self) this.#endLost('taken')
    else if (environment.monotonicNow() >= this.#until) {
      this.#endLost(this.#settings.replicas > 0 ? 'unconfirmed' : 'expired', this.#problem)
    } else {
      const skew = this.#key.clockSkew(this.#settings.guardMs)
      if (skew !== undefined && skew !== 'unknown') this.#endLost('clock', skew)
    }
  }

  #onContested(token: string): void {
    if (!this.#hasEnded && token === this.#token) this.#endLost('contested')
  }

  #endLost(reason: LossReason, cause?: unknown): void {
    this.#stop()
    this.#handOver()
    this.#handler.onLost(new LockLostError(reason, cause === undefined ? undefined : { cause }))
  }

  /** Gives up what is left of the lease, if anything is, so that others need not wait for its end. */
  #handOver(): void {
    try {
      if (this.#key.lease()?.owner === this.#key.self) this.#key.giveUp()
    } catch (error) {
      const fields = { error: String(error) }
      this.#settings.environment.log('info', 'The lease of a lock that is not held anymore runs out by itself.', fields)
    }
  }

  #stop(): void {
    this.#hasEnded = true
    this.#renewal.cancel()
    this.#end.cancel()
    for (const stop of this.#stopListening) stop()
  }
}
