/** Bytes of a key. */
const sipKeyBytes = 16

const compressionRounds = 2
const finalizationRounds = 4

/**
 * SipHash-2-4, a keyed hash of 64 bits. Without the key nobody can find two messages with the same hash, or predict a hash.
 *
 * `hash` leaves its result in `high` and `low`, so that hashing many messages creates no objects. The four 64-bit words of the state are
 * pairs of 32-bit integers, because arithmetic on BigInt creates an object at every step. The carry of an addition comes from the
 * highest bits of its terms and of its sum, because a comparison would be a branch that processors mispredict half of the time.
 *
 * @see Aumasson and Bernstein: "SipHash: a fast short-input PRF", 2012
 */
export class SipHash {
  /** The higher 32 bits of the last hash, as a signed integer. */
  high = 0
  /** The lower 32 bits of the last hash, as a signed integer. */
  low = 0

  readonly #key0: { readonly high: number; readonly low: number }
  readonly #key1: { readonly high: number; readonly low: number }

  /** @throws {RangeError} when the key is not 16 bytes long */
  constructor(key: Uint8Array) {
    if (key.length !== sipKeyBytes) {
      throw new RangeError(`A SipHash key has ${sipKeyBytes} bytes, and this one ${key.length}. Derive one by hashing.`)
    }
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
    this.#key0 = { high: view.getInt32(4, true), low: view.getInt32(0, true) }
    this.#key1 = { high: view.getInt32(12, true), low: view.getInt32(8, true) }
  }

  /** Hashes a message of any length, given as a string with one character (0 to 255) for each byte. */
  hash(message: string): void {
    const [key0, key1] = [this.#key0, this.#key1]
    // The four constants are "somepseudorandomlygeneratedbytes" in ASCII.
    let [v0h, v0l] = [key0.high ^ 0x736f6d65, key0.low ^ 0x70736575]
    let [v1h, v1l] = [key1.high ^ 0x646f7261, key1.low ^ 0x6e646f6d]
    let [v2h, v2l] = [key0.high ^ 0x6c796765, key0.low ^ 0x6e657261]
    let [v3h, v3l] = [key1.high ^ 0x74656462, key1.low ^ 0x79746573]
    const { length } = message
    const lastWord = length >> 3
    for (let word = 0; word <= lastWord + 1; word += 1) {
      let high = 0
      let low = 0
      let rounds = compressionRounds
      if (word < lastWord) {
        low = wordAt(message, word * 8)
        high = wordAt(message, word * 8 + 4)
      } else if (word === lastWord) {
        low = partialWordAt(message, word * 8)
        high = partialWordAt(message, word * 8 + 4) | (length << 24)
      } else {
        rounds = finalizationRounds
        v2l ^= 0xff
      }
      v3h ^= high
      v3l ^= low
      for (let round = 0; round < rounds; round += 1) {
        // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
        let sum = (v0l + v1l) | 0
        v0h = (v0h + v1h + (((v0l & v1l) | ((v0l | v1l) & ~sum)) >>> 31)) | 0
        v0l = sum
        let high13 = (v1h << 13) | (v1l >>> 19)
        v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l
        v1h = high13 ^ v0h
        let swapped = v0h
        v0h = v0l
        v0l = swapped
        // v2 += v3; v3 <<<= 16; v3 ^= v2
        sum = (v2l + v3l) | 0
        v2h = (v2h + v3h + (((v2l & v3l) | ((v2l | v3l) & ~sum)) >>> 31)) | 0
        v2l = sum
        high13 = (v3h << 16) | (v3l >>> 16)
        v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l
        v3h = high13 ^ v2h
        // v0 += v3; v3 <<<= 21; v3 ^= v0
        sum = (v0l + v3l) | 0
        v0h = (v0h + v3h + (((v0l & v3l) | ((v0l | v3l) & ~sum)) >>> 31)) | 0
        v0l = sum
        high13 = (v3h << 21) | (v3l >>> 11)
        v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l
        v3h = high13 ^ v0h
        // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
        sum = (v2l + v1l) | 0
        v2h = (v2h + v1h + (((v2l & v1l) | ((v2l | v1l) & ~sum)) >>> 31)) | 0
        v2l = sum
        high13 = (v1h << 17) | (v1l >>> 15)
        v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l
        v1h = high13 ^ v2h
        swapped = v2h
        v2h = v2l
        v2l = swapped
      }
      v0h ^= high
      v0l ^= low
    }
    this.high = v0h ^ v1h ^ v2h ^ v3h
    this.low = v0l ^ v1l ^ v2l ^ v3l
  }
}

/** Reads four bytes of a message, little-endian. */
function wordAt(message: string, at: number): number {
  const low = message.charCodeAt(at) | (message.charCodeAt(at + 1) << 8)
  return low | (message.charCodeAt(at + 2) << 16) | (message.charCodeAt(at + 3) << 24)
}

/** Reads four bytes of a message, little-endian. A byte past the end is 0, because `NaN | 0` and `NaN << 8` are 0. */
function partialWordAt(message: string, at: number): number {
  return at < message.length ? wordAt(message, at) : 0
}
