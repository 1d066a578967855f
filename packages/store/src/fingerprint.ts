import type { BinaryString } from './binary-string.ts'

/** Into how many buckets keys are divided. */
const bucketCount = 256

const rootWords = 4
const bucketWords = 2

/** The bucket of a key: the low byte of its 32-bit FNV-1a hash (draft-eastlake-fnv), so it spreads keys that are alike. */
export function bucketOf(key: BinaryString): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash & (bucketCount - 1)
}

/**
 * A digest of a set of records, kept up to date in constant time per change: their ids added up, so order is of no
 * account. The root is the sum of the first 16 bytes of every id, modulo 2^128; a bucket's sum that of the next 8
 * bytes of the ids in it, modulo 2^64. Bytes and sums are big-endian.
 *
 * Who can choose very many records freely can make two sets add up alike (Wagner's generalized birthday). It finds
 * what honest replicas miss; it proves nothing about a liar.
 */
export class Fingerprint {
  readonly #root = new Uint32Array(rootWords)
  readonly #buckets = new Uint32Array(bucketCount * bucketWords)

  /** Counts a record in. */
  add(bucket: number, rid: BinaryString): void {
    addTo(this.#root, 0, rootWords, rid, 0, 1)
    addTo(this.#buckets, bucket * bucketWords, bucketWords, rid, rootWords, 1)
  }

  /** Takes out a record that was counted in. */
  remove(bucket: number, rid: BinaryString): void {
    addTo(this.#root, 0, rootWords, rid, 0, -1)
    addTo(this.#buckets, bucket * bucketWords, bucketWords, rid, rootWords, -1)
  }

  /** 16 bytes that two sets share if they are equal. */
  root(): Uint8Array {
    return bigEndian(this.#root)
  }

  /** 8 bytes per bucket, one bucket after the other. */
  bucketSums(): Uint8Array {
    return bigEndian(this.#buckets)
  }
}

/** Adds `count` words of an id, times `sign`, to the big-endian integer at `start`. */
function addTo(
  sums: Uint32Array,
  start: number,
  count: number,
  rid: BinaryString,
  ridStart: number,
  sign: 1 | -1,
): void {
  let carry = 0
  for (let index = count - 1; index >= 0; index -= 1) {
    const total = (sums[start + index] ?? 0) + sign * wordAt(rid, ridStart + index) + carry
    sums[start + index] = total
    carry = Math.floor(total / 2 ** 32)
  }
}

function wordAt(rid: BinaryString, word: number): number {
  const at = word * 4
  const high = (rid.charCodeAt(at) << 24) | (rid.charCodeAt(at + 1) << 16)
  return (high | (rid.charCodeAt(at + 2) << 8) | rid.charCodeAt(at + 3)) >>> 0
}

function bigEndian(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  words.forEach((word, index) => view.setUint32(index * 4, word))
  return bytes
}
