import type { BinaryString } from '../values/binary-string.ts'

const words = 4

/**
 * A digest of a set of records, kept up to date in constant time per change: their ids added up, so order is of no
 * account. The root is the sum of the first 16 bytes of every id, modulo 2^128, big-endian.
 *
 * Who can choose very many records freely can make two sets add up alike (Wagner's generalized birthday). It finds
 * what honest replicas miss; it proves nothing about a liar.
 */
export class SetDigest {
  readonly #root = new Uint32Array(words)

  /** Counts a record in. */
  add(recordId: BinaryString): void {
    addTo(this.#root, recordId, 1)
  }

  /** Takes out a record that was counted in. */
  remove(recordId: BinaryString): void {
    addTo(this.#root, recordId, -1)
  }

  /** Another one of the same set. */
  copy(): SetDigest {
    const copy = new SetDigest()
    copy.#root.set(this.#root)
    return copy
  }

  /** 16 bytes that two sets share if they are equal. */
  root(): Uint8Array {
    return bigEndian(this.#root)
  }
}

/** Adds the first words of an id, times `sign`, to a big-endian integer. */
function addTo(sums: Uint32Array, recordId: BinaryString, sign: 1 | -1): void {
  let carry = 0
  for (let index = words - 1; index >= 0; index -= 1) {
    const total = (sums[index] ?? 0) + sign * wordAt(recordId, index) + carry
    sums[index] = total
    carry = Math.floor(total / 2 ** 32)
  }
}

function wordAt(recordId: BinaryString, word: number): number {
  const at = word * 4
  const high = (recordId.charCodeAt(at) << 24) | (recordId.charCodeAt(at + 1) << 16)
  return (high | (recordId.charCodeAt(at + 2) << 8) | recordId.charCodeAt(at + 3)) >>> 0
}

function bigEndian(sums: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(sums.length * 4)
  const view = new DataView(bytes.buffer)
  sums.forEach((word, index) => view.setUint32(index * 4, word))
  return bytes
}
