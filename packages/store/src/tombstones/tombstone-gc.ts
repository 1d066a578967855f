import { secondOf } from '../leases/hybrid-clock.ts'
import { claimsOf, type KeyState } from '../leases/key-state.ts'
import type { StoreSettings } from '../options.ts'

/** How often a store looks for what it may forget, milliseconds. */
const lookMs = 3_600_000

/** How old a deletion is at least when it is dropped for want of room, milliseconds: by then all nodes in contact have heard of it. */
const trimmedAgeMs = 600_000
/** What share of `tombstoneBytesMax` is left then: more at a time would take memory for all that goes. */
const trimmedShare = 0.95

/** Times that decide what becomes of a tombstone, seconds since 1970. */
export interface GcCutoffs {
  /** A tombstone is expired, and no longer advertised, if all records of its key are older than this. */
  readonly expiredBefore: number
  /** One of which all is older than this is dropped. */
  readonly droppedBefore: number
}

/** What is to be left of deleted keys. */
export interface Trimming {
  readonly bytesMax: number
  /** The second from which on all are left. */
  readonly retainedFrom: number
}

/**
 * When deleted keys are forgotten: whole keys only, since to drop one record of several may give the key to another
 * holder. First a key is no more told of: it is not in the digest, and is sent to nobody. It is dropped so much
 * later that by then no replica whose clock is right enough to be heard tells of it. So replicas that forget at
 * different moments do not give each other back what they forget.
 */
export class TombstoneGc {
  readonly #retentionMs: number
  readonly #graceMs: number
  readonly #tombstoneBytesMax: number
  #nextMs = 0
  #trimmedTo = 0
  #completeSince = 0

  constructor({ leaseSecondsMax, limits }: Pick<StoreSettings, 'leaseSecondsMax' | 'limits'>) {
    this.#retentionMs = Math.max(limits.tombstoneRetentionMs, leaseSecondsMax * 1000)
    this.#graceMs = limits.driftMsRefused
    this.#tombstoneBytesMax = limits.tombstoneBytesMax
  }

  /** The second from which on no deletion was dropped for want of room. It does not go back. */
  get completeSince(): number {
    return this.#completeSince
  }

  set completeSince(second: number) {
    this.#completeSince = Math.max(this.#completeSince, second)
  }

  /** What is to be left of deleted keys that take so many bytes; undefined if there is room for all, or if it has answered in this minute. */
  trimming(bytes: number, nowMs: number): Trimming | undefined {
    if (bytes <= this.#tombstoneBytesMax) return undefined
    const retainedFrom = minuteOf(Math.floor((nowMs - trimmedAgeMs) / 1000))
    if (retainedFrom === this.#trimmedTo) return undefined
    this.#trimmedTo = retainedFrom
    return { bytesMax: this.#tombstoneBytesMax * trimmedShare, retainedFrom }
  }

  /** What may be forgotten now; undefined when it is too early to look again. A clock that was set back is followed. */
  cutoffs(nowMs: number): GcCutoffs | undefined {
    if (nowMs < this.#nextMs && nowMs >= this.#nextMs - lookMs) return undefined
    this.#nextMs = Math.floor(nowMs / lookMs) * lookMs + lookMs
    const expiredBefore = Math.floor((nowMs - this.#retentionMs) / 1000)
    return { expiredBefore: expiredBefore, droppedBefore: expiredBefore - Math.ceil(this.#graceMs / 1000) }
  }
}

/** The second in which the minute of a second begins: replicas that trim at different moments are to agree on where. */
export function minuteOf(second: number): number {
  return Math.floor(second / 60) * 60
}

/** Whether all records of a key state are of before a second, and it is of a deleted key: values are never forgotten. */
export function isCollectable(keyState: KeyState, beforeSecond: number): boolean {
  return beforeSecond > 0 && !keyState.isPresent && lastSecondOf(keyState) < beforeSecond
}

/** The second of the latest record of a key state. */
export function lastSecondOf(keyState: KeyState): number {
  return claimsOf(keyState).reduce((last, { timestamp }) => Math.max(last, secondOf(timestamp)), 0)
}
