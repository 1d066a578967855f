import type { BinaryString } from '../values/binary-string.ts'
import type { Ledger } from '../leases/ledger.ts'
import type { Usage } from '../leases/usage.ts'
import { isForgettable, lastSecondOf } from '../retention/forgetting.ts'
import { Claim } from '../leases/claim.ts'
import { PackedDeletions } from './packed-deletions.ts'

/** Most keys that are packed at once, which takes some milliseconds. */
const atOnceMax = 4096

/** Keys that are deleted. Those that were for a while are packed, if they have one record. */
export class DeletedKeys {
  readonly #usage: Usage
  readonly #isSigned: boolean
  /** In the order in which they were deleted. */
  readonly #young = new Map<BinaryString, Ledger>()
  /** Those that cannot be packed. */
  readonly #loose = new Map<BinaryString, Ledger>()
  readonly #packed: PackedDeletions

  /** @param options.isCounted whether the fingerprint has their records */
  constructor(options: { usage: Usage; isSigned: boolean; isCounted: boolean; drawSeed: () => number }) {
    this.#usage = options.usage
    this.#isSigned = options.isSigned
    this.#packed = new PackedDeletions(options)
  }

  has(key: BinaryString): boolean {
    return this.#young.has(key) || this.#loose.has(key) || this.#packed.has(key)
  }

  get(key: BinaryString): Ledger | undefined {
    return this.#young.get(key) ?? this.#loose.get(key) ?? this.#packed.get(key)
  }

  set(key: BinaryString, ledger: Ledger): void {
    this.delete(key)
    this.#young.set(key, ledger)
  }

  /** As `get`; it is not packed any more: its claim is about to change. */
  loosen(key: BinaryString): Ledger | undefined {
    const ledger = this.get(key)
    if (ledger) this.set(key, ledger)
    return ledger
  }

  /** @returns whether it was there */
  delete(key: BinaryString): boolean {
    if (this.#young.delete(key) || this.#loose.delete(key)) return true
    if (!this.#packed.delete(key)) return false
    this.#usage.unpack()
    return true
  }

  *values(): Generator<Ledger, void, undefined> {
    yield* this.#young.values()
    yield* this.#loose.values()
    yield* this.#packed.claims()
  }

  *[Symbol.iterator](): Generator<[BinaryString, Ledger], void, undefined> {
    yield* this.#young
    yield* this.#loose
    for (const claim of this.#packed.claims()) yield [claim.key, claim]
  }

  /** The keys of which all is of before a second. */
  keysBefore(second: number): BinaryString[] {
    const keys: BinaryString[] = []
    for (const ledgers of [this.#young, this.#loose]) {
      for (const [key, ledger] of ledgers) if (isForgettable(ledger, second)) keys.push(key)
    }
    return second > 0 ? [...keys, ...this.#packed.keysBefore(second)] : keys
  }

  /** The second of the latest record of each key. */
  *lastSeconds(): Generator<number, void, undefined> {
    for (const ledgers of [this.#young, this.#loose]) for (const ledger of ledgers.values()) yield lastSecondOf(ledger)
    yield* this.#packed.seconds()
  }

  /** Whether there are keys to pack of which all is of before a second. */
  hasOlder(second: number): boolean {
    const [oldest] = this.#young.values()
    return oldest !== undefined && lastSecondOf(oldest) < second
  }

  /** Packs keys of which all is of before a second: some of them, so that it does not take long. */
  pack(second: number): void {
    let left = atOnceMax
    for (const [key, ledger] of this.#young) {
      if (left === 0 || lastSecondOf(ledger) >= second) return
      left -= 1
      this.#young.delete(key)
      if (ledger instanceof Claim && this.#mayPack(ledger)) {
        this.#packed.add(ledger)
        this.#usage.pack(ledger)
      } else this.#loose.set(key, ledger)
    }
  }

  #mayPack(claim: Claim): boolean {
    return (claim.isSealed || !this.#isSigned) && this.#packed.takes(claim)
  }
}
