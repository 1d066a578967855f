import type { BinaryString } from '../values/binary-string.ts'
import { endOf } from '../leases/lease-claim.ts'
import { DueKeys } from '../leases/due-keys.ts'
import { secondOf } from '../leases/hybrid-clock.ts'
import { claimsOf, type KeyState } from '../leases/key-state.ts'

/** How much longer than the longest lease an ephemeral record is remembered, seconds: clocks differ. */
const graceSeconds = 60
/** Replicas drop garbage by whole minutes, seconds, so that most agree on what is left. */
const cutoffSeconds = 60

/** Finds the key state of a key. */
type Find = (key: BinaryString) => KeyState | undefined

/**
 * The ephemeral keys of a store: when their values end, and when all of a key is garbage. A key is garbage when all its records are ephemeral
 * and so old that no lease of such a record can last. Only then it is dropped, whole: a part of it could give the key to another holder.
 */
export class EphemeralKeys {
  /** The keys whose values have ended. Their records are still offered to others. */
  readonly ended: Map<BinaryString, KeyState> = new Map()
  readonly #leaseSecondsMax: number
  readonly #ends = new DueKeys()
  readonly #garbage = new DueKeys()
  #endedTo = 0

  constructor(leaseSecondsMax: number) {
    this.#leaseSecondsMax = leaseSecondsMax
  }

  /** Whether there are any. */
  get isNeeded(): boolean {
    return Number.isFinite(this.#garbage.next) || Number.isFinite(this.#ends.next)
  }

  /** The next second in which a value may end; infinite: none ends. */
  get nextEnd(): number {
    return this.#ends.next
  }

  /** Whether the value of a key state had ended at the time of the last `popEnded`. */
  isEnded(keyState: KeyState): boolean {
    const end = endSecondOf(keyState)
    return end !== undefined && end <= this.#endedTo
  }

  /** Whether a key may be dropped at a cutoff, seconds since 1970. */
  isGarbage(keyState: KeyState, cutoff: number): boolean {
    const from = cutoff > 0 ? this.#garbageFrom(keyState) : undefined
    return from !== undefined && from <= cutoff
  }

  /** The key state of a key was replaced. */
  onChange(key: BinaryString, before: KeyState | undefined, after: KeyState): void {
    // A value that has ended is noted no more: a late renewal brings it back, and it must end again.
    const isNoted = before !== undefined && !this.isEnded(before)
    schedule(this.#ends, key, isNoted ? endSecondOf(before) : undefined, endSecondOf(after))
    schedule(this.#garbage, key, before && this.#garbageFrom(before), this.#garbageFrom(after))
  }

  /** The keys whose values have ended by a second, each once, in the order in which they did. */
  popEnded(second: number, find: Find): readonly BinaryString[] {
    this.#endedTo = Math.max(this.#endedTo, second)
    return take(this.#ends, this.#endedTo, (key) => {
      const keyState = find(key)
      return keyState && endSecondOf(keyState)
    })
  }

  /** The keys that are garbage at a cutoff, each once. */
  popGarbage(cutoff: number, find: Find): readonly BinaryString[] {
    return take(this.#garbage, cutoff, (key) => this.#garbageOf(key, find))
  }

  /** The keys that are garbage at a cutoff, and are still here. */
  garbageAt(cutoff: number, find: Find): readonly BinaryString[] {
    const keys = new Set(this.#garbage.noted(cutoff))
    return [...keys].filter((key) => (this.#garbageOf(key, find) ?? Number.POSITIVE_INFINITY) <= cutoff)
  }

  #garbageOf(key: BinaryString, find: Find): number | undefined {
    const keyState = find(key)
    return keyState && this.#garbageFrom(keyState)
  }

  /** The first cutoff at which all of a key is garbage; undefined: it has a record that is not ephemeral. */
  #garbageFrom(keyState: KeyState): number | undefined {
    let last = 0
    for (const { ephemeral, timestamp } of claimsOf(keyState)) {
      if (!ephemeral) return undefined
      last = Math.max(last, secondOf(timestamp))
    }
    return Math.ceil((last + this.#leaseSecondsMax + graceSeconds) / cutoffSeconds) * cutoffSeconds
  }
}

/** The cutoff of a time, seconds since 1970. */
export function cutoffOf(nowMs: number): number {
  return Math.floor(nowMs / 1000 / cutoffSeconds) * cutoffSeconds
}

/** The second in which the value of a key state ends; undefined: it stays, or there is none. */
function endSecondOf({ holder }: KeyState): number | undefined {
  return holder.ephemeral && holder.isPresent ? secondOf(endOf(holder)) : undefined
}

/** Notes a key for a second, unless it is noted for an earlier one, at which it is looked at again. */
function schedule(due: DueKeys, key: BinaryString, before: number | undefined, after: number | undefined): void {
  if (after !== undefined && (before === undefined || after < before)) due.add(key, after)
}

/** Takes the keys that are due, and notes those anew whose second is later now. */
function take(due: DueKeys, second: number, secondFor: (key: BinaryString) => number | undefined): BinaryString[] {
  const taken = new Set<BinaryString>()
  for (const [key] of due.take(second)) {
    const at = secondFor(key)
    if (at === undefined) continue
    if (at <= second) taken.add(key)
    else due.add(key, at)
  }
  return [...taken]
}
