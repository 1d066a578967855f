/** Of the first slab and of the largest; each has twice the bytes of the one before. */
const slabBytes = { first: 4096, largest: 262_144 } as const

interface Slab {
  readonly bytes: Uint8Array
  end: number
  /** Copies in it that are not released. */
  copies: number
}

/** Bytes that were copied to be kept. */
export interface Copy {
  /** Valid until it is released. */
  readonly bytes: Uint8Array
  readonly slab: Slab
}

/**
 * Copies of bytes, released mostly in the order in which they were made, in large pieces of memory that are used again:
 * collecting each as garbage, which is old by then, would be a great part of what a node does under load.
 */
export class Slabs {
  #latest: Slab | undefined
  #free: Slab | undefined

  copy(bytes: Uint8Array): Copy {
    const slab = this.#slabFor(bytes.length)
    const copy = slab.bytes.subarray(slab.end, slab.end + bytes.length)
    copy.set(bytes)
    slab.end += bytes.length
    slab.copies += 1
    return { bytes: copy, slab }
  }

  release({ slab }: Copy): void {
    slab.copies -= 1
    if (slab.copies > 0) return
    slab.end = 0
    if (slab !== this.#latest && slab.bytes.length === slabBytes.largest) this.#free = slab
  }

  #slabFor(length: number): Slab {
    const latest = this.#latest
    if (latest && latest.bytes.length - latest.end >= length) return latest
    const size = Math.min(slabBytes.largest, latest ? 2 * latest.bytes.length : slabBytes.first)
    let slab = this.#free
    if (slab && slab.bytes.length >= length) this.#free = undefined
    else slab = { bytes: new Uint8Array(Math.max(size, length)), end: 0, copies: 0 }
    // One that is larger than any other is not the measure of the next.
    if (slab.bytes.length <= slabBytes.largest) this.#latest = slab
    return slab
  }
}
