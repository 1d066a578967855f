import type { BinaryString } from '../values/binary-string.ts'
import type { KeyState } from '../leases/key-state.ts'
import type { Usage } from '../leases/store-usage.ts'
import { isCollectable, lastSecondOf } from './tombstone-gc.ts'
import { LeaseClaim } from '../leases/lease-claim.ts'
import { PackedTombstones } from './packed-tombstones.ts'

/** Most keys that are packed at once, which takes some milliseconds. */
const atOnceMax = 4096

/** Keys that are deleted. Those that were for a while are packed, if they have one record. */
export class Tombstones {
  readonly #usage: Usage
  readonly #isSigned: boolean
  /** In the order in which they were deleted. */
  readonly #young = new Map<BinaryString, KeyState>()
  /** Those that cannot be packed. */
  readonly #loose = new Map<BinaryString, KeyState>()
  readonly #packed: PackedTombstones

  /** @param options.isCounted whether the digest has their records */
  constructor(options: { usage: Usage; isSigned: boolean; isCounted: boolean; drawSeed: () => number }) {
    this.#usage = options.usage
    this.#isSigned = options.isSigned
    this.#packed = new PackedTombstones(options)
  }

  has(key: BinaryString): boolean {
    return this.#young.has(key) || this.#loose.has(key) || this.#packed.has(key)
  }

  get(key: BinaryString): KeyState | undefined {
    return this.#young.get(key) ?? this.#loose.get(key) ?? this.#packed.get(key)
  }

  set(key: BinaryString, keyState: KeyState): void {
    this.delete(key)
    this.#young.set(key, keyState)
  }

  /** As `get`; it is not packed any more: its claim is about to change. */
  loosen(key: BinaryString): KeyState | undefined {
    const keyState = this.get(key)
    if (keyState) this.set(key, keyState)
    return keyState
  }

  /** @returns whether it was there */
  delete(key: BinaryString): boolean {
    if (this.#young.delete(key) || this.#loose.delete(key)) return true
    if (!this.#packed.delete(key)) return false
    this.#usage.unpack()
    return true
  }

  *values(): Generator<KeyState, void, undefined> {
    yield* this.#young.values()
    yield* this.#loose.values()
    yield* this.#packed.claims()
  }

  *[Symbol.iterator](): Generator<[BinaryString, KeyState], void, undefined> {
    yield* this.#young
    yield* this.#loose
    for (const claim of this.#packed.claims()) yield [claim.key, claim]
  }

  /** The keys of which all is of before a second. */
  keysBefore(second: number): BinaryString[] {
    const keys: BinaryString[] = []
    for (const keyStates of [this.#young, this.#loose]) {
      for (const [key, keyState] of keyStates) if (isCollectable(keyState, second)) keys.push(key)
    }
    return second > 0 ? [...keys, ...this.#packed.keysBefore(second)] : keys
  }

  /** The second of the latest record of each key. */
  *lastSeconds(): Generator<number, void, undefined> {
    for (const keyStates of [this.#young, this.#loose])
      for (const keyState of keyStates.values()) yield lastSecondOf(keyState)
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
    for (const [key, keyState] of this.#young) {
      if (left === 0 || lastSecondOf(keyState) >= second) return
      left -= 1
      this.#young.delete(key)
      if (keyState instanceof LeaseClaim && this.#mayPack(keyState)) {
        this.#packed.add(keyState)
        this.#usage.pack(keyState)
      } else this.#loose.set(key, keyState)
    }
  }

  #mayPack(claim: LeaseClaim): boolean {
    return (claim.isSigned || !this.#isSigned) && this.#packed.takes(claim)
  }
}
