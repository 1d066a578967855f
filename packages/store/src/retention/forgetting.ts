import { secondOf } from '../leases/hybrid-clock.ts'
import { claimsOf, type Ledger } from '../leases/ledger.ts'
import type { StoreSettings } from '../options.ts'

/** How often a store looks for what it may forget, milliseconds. */
const lookMs = 3_600_000

/** Seconds since 1970 that tell what is to be done with the key of a ledger. */
export interface Cutoffs {
  /** A deleted key of which all is older than this is not told of any more. */
  readonly silentBefore: number
  /** One of which all is older than this is dropped. */
  readonly droppedBefore: number
}

/**
 * When deleted keys are forgotten: whole keys only, since to drop one record of several may give the key to another
 * holder. First a key is no more told of: it is not in the fingerprint, and is sent to nobody. It is dropped so much
 * later that by then no replica whose clock is right enough to be heard tells of it. So replicas that forget at
 * different moments do not give each other back what they forget.
 */
export class Forgetting {
  readonly #horizonMs: number
  readonly #graceMs: number
  #nextMs = 0

  constructor({ leaseSeconds, limits }: Pick<StoreSettings, 'leaseSeconds' | 'limits'>) {
    this.#horizonMs = Math.max(limits.horizonMs, leaseSeconds * 1000)
    this.#graceMs = limits.driftMsRefused
  }

  /** What may be forgotten now; undefined when it is too early to look again. A clock that was set back is followed. */
  cutoffs(nowMs: number): Cutoffs | undefined {
    if (nowMs < this.#nextMs && nowMs >= this.#nextMs - lookMs) return undefined
    this.#nextMs = Math.floor(nowMs / lookMs) * lookMs + lookMs
    const silentBefore = Math.floor((nowMs - this.#horizonMs) / 1000)
    return { silentBefore, droppedBefore: silentBefore - Math.ceil(this.#graceMs / 1000) }
  }
}

/** Whether all records of a ledger are of before a second, and it is of a deleted key: values are never forgotten. */
export function isForgettable(ledger: Ledger, beforeSecond: number): boolean {
  return !ledger.isPresent && claimsOf(ledger).every(({ stamp }) => secondOf(stamp) < beforeSecond)
}
