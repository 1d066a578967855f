import type { BinaryString } from '../values/binary-string.ts'
import { endOf } from '../leases/claim.ts'
import { DueKeys } from '../leases/due-keys.ts'
import { secondOf } from '../leases/hybrid-clock.ts'
import { claimsOf, type Ledger } from '../leases/ledger.ts'

/** How much longer than the longest lease an ephemeral record is remembered, seconds: clocks differ. */
const graceSeconds = 60
/** Replicas drop garbage by whole minutes, seconds, so that most agree on what is left. */
const cutoffSeconds = 60

/** Finds the ledger of a key. */
type Find = (key: BinaryString) => Ledger | undefined

/**
 * The ephemeral keys of a store: when their values end, and when all of a key is garbage. A key is garbage when all its records are ephemeral
 * and so old that no lease of such a record can last. Only then it is dropped, whole: a part of it could give the key to another holder.
 */
export class EphemeralKeys {
  /** The keys whose values have ended. Their records are still offered to others. */
  readonly ended: Map<BinaryString, Ledger> = new Map()
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

  /** Whether the value of a ledger had ended at the time of the last `takeEnded`. */
  isEnded(ledger: Ledger): boolean {
    const end = endSecondOf(ledger)
    return end !== undefined && end <= this.#endedTo
  }

  /** Whether a key may be dropped at a cutoff, seconds since 1970. */
  isGarbage(ledger: Ledger, cutoff: number): boolean {
    const from = cutoff > 0 ? this.#garbageFrom(ledger) : undefined
    return from !== undefined && from <= cutoff
  }

  /** The ledger of a key was replaced. */
  onChange(key: BinaryString, before: Ledger | undefined, after: Ledger): void {
    // A value that has ended is noted no more: a late renewal brings it back, and it must end again.
    const isNoted = before !== undefined && !this.isEnded(before)
    note(this.#ends, key, isNoted ? endSecondOf(before) : undefined, endSecondOf(after))
    note(this.#garbage, key, before && this.#garbageFrom(before), this.#garbageFrom(after))
  }

  /** The keys whose values have ended by a second, each once, in the order in which they did. */
  takeEnded(second: number, find: Find): readonly BinaryString[] {
    this.#endedTo = Math.max(this.#endedTo, second)
    return take(this.#ends, this.#endedTo, (key) => {
      const ledger = find(key)
      return ledger && endSecondOf(ledger)
    })
  }

  /** The keys that are garbage at a cutoff, each once. */
  takeGarbage(cutoff: number, find: Find): readonly BinaryString[] {
    return take(this.#garbage, cutoff, (key) => this.#garbageOf(key, find))
  }

  /** The keys that are garbage at a cutoff, and are still here. */
  garbageAt(cutoff: number, find: Find): readonly BinaryString[] {
    const keys = new Set(this.#garbage.noted(cutoff))
    return [...keys].filter((key) => (this.#garbageOf(key, find) ?? Number.POSITIVE_INFINITY) <= cutoff)
  }

  #garbageOf(key: BinaryString, find: Find): number | undefined {
    const ledger = find(key)
    return ledger && this.#garbageFrom(ledger)
  }

  /** The first cutoff at which all of a key is garbage; undefined: it has a record that is not ephemeral. */
  #garbageFrom(ledger: Ledger): number | undefined {
    let last = 0
    for (const { ephemeral, timestamp } of claimsOf(ledger)) {
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

/** The second in which the value of a ledger ends; undefined: it stays, or there is none. */
function endSecondOf({ holder }: Ledger): number | undefined {
  return holder.ephemeral && holder.isPresent ? secondOf(endOf(holder)) : undefined
}

/** Notes a key for a second, unless it is noted for an earlier one, at which it is looked at again. */
function note(due: DueKeys, key: BinaryString, before: number | undefined, after: number | undefined): void {
  if (after !== undefined && (before === undefined || after < before)) due.note(key, after)
}

/** Takes the keys that are due, and notes those anew whose second is later now. */
function take(due: DueKeys, second: number, secondFor: (key: BinaryString) => number | undefined): BinaryString[] {
  const taken = new Set<BinaryString>()
  for (const [key] of due.take(second)) {
    const at = secondFor(key)
    if (at === undefined) continue
    if (at <= second) taken.add(key)
    else due.note(key, at)
  }
  return [...taken]
}
