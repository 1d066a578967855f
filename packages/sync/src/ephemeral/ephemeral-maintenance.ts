import type { CancelTimer, Environment } from '@ts2p/base'
import { LeaseContestedError, secondOf, TimestampsReservedError } from '@ts2p/store'
import type { BinaryString, Change, Store } from '@ts2p/store'

/** Renewals in one length of a lease: two may be lost. */
const renewalsPerLease = 3
/** The longest that platforms wait, milliseconds. */
const delayMsMax = 2 ** 31 - 1

/** Ends the values of ephemeral keys in their time, renews those of this node, and drops what is garbage. */
export class EphemeralMaintenance {
  readonly #store: Store
  readonly #environment: Environment
  readonly #networkTime: () => number
  readonly #mayRenew: () => boolean
  readonly #publish: (changes: readonly Change[]) => void
  readonly #tell: (changes: readonly Change[]) => void
  #cancelTimer: CancelTimer | undefined
  /** For which end the timer runs, milliseconds since 1970. */
  #timerForMs = Number.POSITIVE_INFINITY
  #isClosed = false

  constructor(options: {
    store: Store
    environment: Environment
    /** The time by which readers judge, milliseconds since 1970. */
    networkTime: () => number
    /** Whether this node's clock is good enough to renew leases. */
    mayRenew: () => boolean
    /** Spreads writes of this node and tells of them. */
    publish: (changes: readonly Change[]) => void
    /** Tells of what has changed here. */
    tell: (changes: readonly Change[]) => void
  }) {
    this.#store = options.store
    this.#environment = options.environment
    this.#networkTime = options.networkTime
    this.#mayRenew = options.mayRenew
    this.#publish = options.publish
    this.#tell = options.tell
  }

  /** Something has changed in the store. */
  onChange(): void {
    if (this.#store.nextEndMs < this.#timerForMs) this.#look()
  }

  /** Records have come: those of ephemeral keys of this node itself are of an earlier life of it. */
  onReceived(changes: readonly Change[]): void {
    const store = this.#store
    const left = changes.filter(({ key, effect, owner }) => {
      return effect === 'update' && owner === store.id && store.lease(key)?.ephemeral === true
    })
    const now = this.#environment.now()
    const deletions = left.flatMap(({ key }) => this.#attempt(() => store.delete(key, now)) ?? [])
    if (deletions.length > 0) this.#publish(deletions)
  }

  /** Called twice a second. @returns the keys that were dropped */
  run(): readonly BinaryString[] {
    if (this.#isClosed) return []
    this.#renew()
    this.#look()
    return this.#store.dropGarbage(this.#environment.now())
  }

  /** Nothing is ended or renewed anymore. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #look(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#isClosed) return
    const now = this.#networkTime()
    const ended = this.#store.endEphemeral(now)
    const endMs = this.#store.nextEndMs
    this.#timerForMs = endMs
    if (Number.isFinite(endMs)) {
      const delayMs = Math.min(delayMsMax, Math.max(0, endMs - now))
      this.#cancelTimer = this.#environment.setTimer(delayMs, () => this.#look())
    }
    if (ended.length > 0) this.#tell(ended)
  }

  /** Renews together what has one length: a third of it after the others, all keys of that length are due. */
  #renew(): void {
    const store = this.#store
    if (store.ownEphemeralKeys.size === 0 || !this.#mayRenew()) return
    const now = this.#environment.now()
    const renewals = [...store.ownEphemeralKeys].flatMap((key) => {
      const lease = store.lease(key)
      if (!lease) return []
      const intervalSeconds = lease.leaseSeconds / renewalsPerLease
      const intervalAt = (second: number): number => Math.floor(second / intervalSeconds)
      if (intervalAt(Math.floor(now / 1000)) <= intervalAt(secondOf(lease.token.timestamp))) return []
      return this.#attempt(() => store.renew(key, now)) ?? []
    })
    if (renewals.length > 0) this.#publish(renewals)
  }

  /** What may not be written now is tried again, or ends. */
  #attempt(write: () => Change | undefined): Change | undefined {
    try {
      return write()
    } catch (error) {
      if (error instanceof LeaseContestedError || error instanceof TimestampsReservedError) return undefined
      throw error
    }
  }
}
