import { SipHash } from './sip-hash.ts'

/** The message whose hash is the key of the checks. An element of these bytes has that key as its id; both sides know it anyway. */
const checkDomain = 'check'

/**
 * Makes the 64-bit ids that elements have in one reconciliation: SipHash-2-4 of the element, with the salt as its key. Nobody can
 * choose elements whose ids collide, or map to the same symbols, before the salt is known.
 *
 * An element is a string with one character (0 to 255) for each byte, such as a hash in `latin1`. An ASCII text is such a string;
 * encode any other text to UTF-8 first. An id is two 32-bit words, the higher first.
 */
export class KeyedId {
  readonly #sip: SipHash
  readonly #checkKey0: number
  readonly #checkKey1: number

  /**
   * @param salt - 16 bytes that neither side can choose alone, new for each reconciliation: for example, a hash of one nonce from
   * each side.
   * @throws {RangeError} when the salt has another length
   */
  constructor(salt: Uint8Array) {
    this.#sip = new SipHash(salt)
    this.#sip.hash(checkDomain)
    this.#checkKey0 = this.#sip.high
    this.#checkKey1 = this.#sip.low
  }

  /** The ids of `elements`, in their order: two words for each, the higher first. */
  idsOf(elements: readonly string[]): Uint32Array {
    const ids = new Uint32Array(elements.length * 2)
    elements.forEach((element, position) => this.write(element, ids, position))
    return ids
  }

  /** Writes the id of one element to `ids[2 * position]` and the word after it, for callers that hash in slices. */
  write(element: string, ids: Uint32Array, position: number): void {
    this.#sip.hash(element)
    ids[position * 2] = this.#sip.high
    ids[position * 2 + 1] = this.#sip.low
  }

  /**
   * A keyed hash of an id, as a signed 32-bit integer. It distinguishes one id from the exclusive or of several. Its rounds are the
   * finalizer of MurmurHash3 (Appleby).
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
