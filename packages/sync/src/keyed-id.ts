import type { BinaryString } from '@ts2p/store'
import { SipHash } from './sip-hash.ts'

/** What is hashed for the key of the checks: shorter than any record's id, so it is never the id of one. */
const checkDomain = 'check'

/**
 * The ids that records have in one reconciliation: SipHash-2-4 of the record's id under a salt that is fresh from both sides.
 * Who writes records before the salt is known cannot choose any that collide, or that map to the same symbols.
 *
 * An id is 64 bits, as two 32-bit integers; `hash` leaves it in `high` and `low`.
 */
export class KeyedId {
  readonly #sip: SipHash
  readonly #checkKey0: number
  readonly #checkKey1: number

  /**
   * @param salt - 16 bytes of which each side has chosen some at random for this one reconciliation, such as a hash of
   * two nonces.
   * @throws {RangeError} A salt of another length.
   */
  constructor(salt: Uint8Array) {
    this.#sip = new SipHash(salt)
    this.#sip.hash(checkDomain)
    this.#checkKey0 = this.#sip.high
    this.#checkKey1 = this.#sip.low
  }

  /** The ids of many records, one after the other: two words each, the higher first. */
  idsOf(rids: readonly BinaryString[]): Uint32Array {
    const ids = new Uint32Array(rids.length * 2)
    rids.forEach((rid, position) => this.write(rid, ids, position))
    return ids
  }

  /** Writes the id of a record as the `position`th of `ids`. For those who hash in slices. */
  write(rid: BinaryString, ids: Uint32Array, position: number): void {
    this.#sip.hash(rid)
    ids[position * 2] = this.#sip.high
    ids[position * 2 + 1] = this.#sip.low
  }

  /**
   * A keyed hash of an id, as a signed 32-bit integer. It tells the id of one record from several ids added up; its rounds are
   * the finalizer of MurmurHash3 (Appleby).
   */
  check(high: number, low: number): number {
    return mix(mix(high ^ this.#checkKey0) ^ low ^ this.#checkKey1)
  }
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
