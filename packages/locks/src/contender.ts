import { ClosedError } from '@ts2p/base'
import { LeaseContestedError, LeaseHeldError } from '@ts2p/store'
import { CatchingUpError } from '@ts2p/sync'
import { LockHeldError, LockLostError } from './errors.ts'
import type { LeasedKey } from './leased-key.ts'
import type { Settings } from './settings.ts'
import { settleTime } from './settle-time.ts'
import { HeldLease } from './held-lease.ts'
import { Timer } from './timer.ts'

/** What a contender reports. */
export interface ContenderHandler {
  /** It holds the key. */
  onHeld(leaseTerm: HeldLease): void
  /** It holds the key no more, and wants it no more. */
  onLost(error: LockLostError): void
  /** It cannot get the key, and wants it no more. */
  onFailed(error: unknown): void
}

/**
 * - 'idle': wants nothing.
 * - 'waiting': somebody holds the key.
 * - 'pausing': the key is free. Others may have waited, too: a pause by chance, so that not all claim it at once.
 * - 'alone': the key is free, and nobody is there who could confirm a claim, or who might have one.
 * - 'settling': has claimed it, and waits for confirmation, and then whether somebody had an earlier claim.
 * - 'holding': has it.
 */
type Stage = 'idle' | 'waiting' | 'pausing' | 'alone' | 'settling' | 'holding'

/** How long to wait, at least, after a claim that could not be made because of another, milliseconds. */
const contestedMs = 1000
/** How long to wait while this node's clock has moved and the neighbors' are being measured, milliseconds. */
const clockMs = 250

/** How long a node that has lost its last neighbor waits before a claim of its own counts, at most, milliseconds: it may be linked again by then. */
const isolatedMsMax = 10_000

/** A claim that has settled later than by this share of `settleMs` settles once more. */
const lateShare = 0.05

/** Gets a key and holds it: waits until it is free, claims it, and lets the claim settle. */
export class Contender {
  readonly #key: LeasedKey
  readonly #settings: Settings
  readonly #isPatient: boolean
  readonly #handler: ContenderHandler
  readonly #timer: Timer
  #stage: Stage = 'idle'
  #leaseTerm: HeldLease | undefined
  #stopListening: () => void = () => undefined

  /** @param parts.isPatient whether it waits while somebody holds the key */
  constructor(parts: { key: LeasedKey; settings: Settings; isPatient: boolean; handler: ContenderHandler }) {
    this.#key = parts.key
    this.#settings = parts.settings
    this.#isPatient = parts.isPatient
    this.#handler = parts.handler
    this.#timer = new Timer(parts.settings.environment)
  }

  /** Begins to want the key, if it does not want or hold it. */
  start(): void {
    if (this.#stage !== 'idle') return
    this.#stage = 'waiting'
    const stopChanges = this.#key.onChange(() => this.#onChange())
    const stopClose = this.#key.onClose(() => this.#fail(new ClosedError('lock')))
    this.#stopListening = () => {
      stopChanges()
      stopClose()
    }
    // Whoever asks again and again must not be quicker than those who wait.
    if (this.#isPatient) this.#look()
    else this.#claim()
  }

  /** Wants the key no more, and gives it up if it holds it. @throws as `SyncSocket.del` */
  stop(): void {
    const leaseTerm = this.#leaseTerm
    this.#rest()
    leaseTerm?.giveUp()
  }

  /** Wants the key no more. A lease that cannot be given up runs out by itself. */
  abandon(): void {
    const leaseTerm = this.#leaseTerm
    this.#rest()
    leaseTerm?.abandon()
  }

  #onChange(): void {
    if (this.#stage === 'waiting' || this.#stage === 'pausing' || this.#stage === 'alone') this.#look()
  }

  /** Waits for the end of the lease, or, if there is none, for a moment. */
  #look(): void {
    const lease = this.#key.lease()
    if (lease !== undefined && !this.#isPatient) return this.#fail(new LockHeldError(lease))
    if (lease !== undefined) {
      this.#stage = 'waiting'
      this.#timer.set(lease.expiresAt - this.#settings.environment.now() + this.#pauseMs(), () => this.#claim())
    } else if (this.#isAlone) {
      if (!this.#isPatient) return this.#fail(new LockLostError('unconfirmed'))
      this.#stage = 'alone'
      this.#timer.cancel()
    } else if (this.#isolatedRestMs > 0) {
      this.#stage = 'alone'
      this.#timer.set(this.#isolatedRestMs, () => this.#claim())
    } else if (this.#stage !== 'pausing') {
      this.#pause(this.#pauseMs())
    }
  }

  #pause(delayMs: number): void {
    this.#stage = 'pausing'
    this.#timer.set(delayMs, () => this.#claim())
  }

  get #isAlone(): boolean {
    return this.#settings.replicas > 0 && !this.#key.hasNeighbors()
  }

  /** How long this node still has to wait for the links that it has lost, milliseconds. */
  get #isolatedRestMs(): number {
    const isolatedMs = this.#key.isolatedMs()
    return isolatedMs === undefined ? 0 : Math.max(0, Math.min(isolatedMsMax, this.#settings.leaseMs) - isolatedMs)
  }

  /** How long a claim must stand now before it counts, milliseconds. */
  get #settleMs(): number {
    const { settleMs, leaseMs } = this.#settings
    return settleMs ?? settleTime({ slowestLinkMs: this.#key.slowestLinkMs(), leaseMs })
  }

  #pauseMs(): number {
    return (this.#settings.environment.random() * this.#settleMs) / 2
  }

  #claim(): void {
    // One of this node's own, too: a lease does not tell two parts of a program from each other. And a claim that nobody hears
    // of would, when it is heard of, take the key from whoever got it meanwhile.
    if (this.#key.lease() !== undefined || this.#isAlone || this.#isolatedRestMs > 0) return this.#look()
    const skew = this.#key.clockSkew(this.#settings.guardMs)
    if (skew === 'unknown') return this.#pause(clockMs)
    if (skew !== undefined) return this.#fail(skew)
    try {
      this.#leaseTerm = new HeldLease({
        key: this.#key,
        settings: this.#settings,
        handler: { onConfirmed: () => this.#settle(), onLost: (error) => this.#onLost(error) },
      })
    } catch (error) {
      return this.#onRefused(error)
    }
    this.#stage = 'settling'
    this.#timer.cancel()
    if (this.#leaseTerm.isConfirmed) this.#settle()
  }

  #settle(isAgain = false): void {
    if (this.#stage !== 'settling') return
    const { environment } = this.#settings
    const settleMs = this.#settleMs
    const dueAt = environment.monotonicNow() + settleMs
    const wasIsolated = this.#isolatedRestMs > 0
    this.#timer.set(settleMs, () => {
      // Nobody has heard of the claim yet who might have an earlier one.
      if (wasIsolated || this.#isolatedRestMs > 0) return this.#settle()
      const lateMs = environment.monotonicNow() - dueAt
      if (isAgain || lateMs <= settleMs * lateShare) return this.#onSettled()
      // The event loop was busy, and runs its timers before it reads what came meanwhile: an earlier claim may be in that.
      this.#timer.set(0, () => this.#settle(true))
    })
  }

  /** A claim was not made. */
  #onRefused(refusal: unknown): void {
    if (refusal instanceof LeaseHeldError) {
      // Whoever asks for the lease and whoever writes read the clock at different times.
      this.#pause(Math.max(contestedMs, refusal.expiresAt - this.#settings.environment.now()))
    } else if (refusal instanceof LeaseContestedError) {
      this.#pause(contestedMs + this.#pauseMs())
    } else if (refusal instanceof CatchingUpError) {
      this.#stage = 'pausing'
      this.#key.caughtUp().then(
        () => this.#stage === 'pausing' && this.#claim(),
        (fault: unknown) => this.#fail(fault),
      )
    } else this.#fail(refusal)
  }

  #onSettled(): void {
    const leaseTerm = this.#leaseTerm
    if (this.#stage !== 'settling' || !leaseTerm?.isLive) return
    // The clock has moved while the claim settled: the neighbors are asked whether it is right.
    if (this.#key.clockSkew(this.#settings.guardMs) === 'unknown')
      return this.#timer.set(clockMs, () => this.#onSettled())
    // A claim that was confirmed late may be older than what others have done under the lock since.
    if (this.#settings.replicas > 0) leaseTerm.renew()
    if (!leaseTerm.isLive) return
    this.#stage = 'holding'
    this.#stopListening()
    this.#handler.onHeld(leaseTerm)
  }

  #onLost(error: LockLostError): void {
    if (this.#stage === 'idle') return
    const wasHeld = this.#stage === 'holding'
    this.#leaseTerm = undefined
    if (wasHeld) {
      this.#rest()
      this.#handler.onLost(error)
    } else if (error.reason === 'clock') this.#fail(error.cause)
    else if (error.reason === 'refused' || (!this.#isPatient && error.reason !== 'taken')) this.#fail(error)
    else if (error.reason === 'unconfirmed') this.#pause(this.#settings.leaseMs)
    else this.#look()
  }

  #fail(error: unknown): void {
    if (this.#stage === 'idle') return
    this.#rest()
    this.#handler.onFailed(error)
  }

  #rest(): void {
    this.#stage = 'idle'
    this.#leaseTerm = undefined
    this.#timer.cancel()
    this.#stopListening()
  }
}
