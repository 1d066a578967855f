/** Of the first slab and of the largest; each has twice the bytes of the one before. */
const slabBytes = { first: 4096, largest: 262_144 } as const

interface Slab {
  readonly bytes: Uint8Array
  end: number
  /** Copies in it that are not released. */
  copies: number
}

/** Bytes that were copied to be kept. There are many, so that it holds no view of them: a view takes more memory than a short message. */
export class Copy {
  readonly slab: Slab
  readonly length: number
  readonly #start: number

  constructor(slab: Slab, start: number, length: number) {
    this.slab = slab
    this.length = length
    this.#start = start
  }

  /** Valid until it is released. */
  get bytes(): Uint8Array {
    return this.slab.bytes.subarray(this.#start, this.#start + this.length)
  }
}

/**
 * Copies of bytes, released mostly in the order in which they were made, in large pieces of memory that are used again:
 * collecting each as garbage, which is old by then, would be a great part of what a node does under load.
 */
export class Slabs {
  #latest: Slab | undefined
  #free: Slab | undefined
  #heldBytes = 0

  /** Bytes of the pieces that are held, though little in them may still be in use, but for the latest and a free one. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  copy(bytes: Uint8Array): Copy {
    const slab = this.#slabFor(bytes.length)
    const copy = new Copy(slab, slab.end, bytes.length)
    slab.bytes.set(bytes, slab.end)
    slab.end += bytes.length
    slab.copies += 1
    return copy
  }

  release({ slab }: Copy): void {
    slab.copies -= 1
    if (slab.copies > 0) return
    slab.end = 0
    if (slab === this.#latest) return
    this.#heldBytes -= slab.bytes.length
    if (slab.bytes.length === slabBytes.largest) this.#free = slab
  }

  #slabFor(length: number): Slab {
    const latest = this.#latest
    if (latest && latest.bytes.length - latest.end >= length) return latest
    const size = Math.min(slabBytes.largest, latest ? 2 * latest.bytes.length : slabBytes.first)
    let slab = this.#free
    if (slab && slab.bytes.length >= length) this.#free = undefined
    else slab = { bytes: new Uint8Array(Math.max(size, length)), end: 0, copies: 0 }
    // One that is larger than any other is not the measure of the next.
    if (slab.bytes.length > slabBytes.largest) this.#heldBytes += slab.bytes.length
    else {
      if (latest && latest.copies > 0) this.#heldBytes += latest.bytes.length
      this.#latest = slab
    }
    return slab
  }
}
