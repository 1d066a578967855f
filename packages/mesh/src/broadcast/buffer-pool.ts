/** Of the first buffer and of the largest; each has twice the bytes of the one before. */
const bufferBytes = { first: 4096, largest: 262_144 } as const

interface PoolBuffer {
  readonly bytes: Uint8Array
  end: number
  /** Copies in it that are not released. */
  copies: number
}

/** Bytes that were copied to be kept. There are many, so that it holds no view of them: a view takes more memory than a short message. */
export class PooledBytes {
  readonly buffer: PoolBuffer
  readonly length: number
  readonly #start: number

  constructor(buffer: PoolBuffer, start: number, length: number) {
    this.buffer = buffer
    this.length = length
    this.#start = start
  }

  /** Valid until it is released. */
  get bytes(): Uint8Array {
    return this.buffer.bytes.subarray(this.#start, this.#start + this.length)
  }
}

/**
 * Copies of bytes, released mostly in the order in which they were made, in large pieces of memory that are used again:
 * collecting each as garbage, which is old by then, would be a great part of what a node does under load.
 */
export class BufferPool {
  #latest: PoolBuffer | undefined
  #free: PoolBuffer | undefined
  #heldBytes = 0

  /** Bytes of the pieces that are held, though little in them may still be in use, but for the latest and a free one. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  copy(bytes: Uint8Array): PooledBytes {
    const buffer = this.#bufferFor(bytes.length)
    const copy = new PooledBytes(buffer, buffer.end, bytes.length)
    buffer.bytes.set(bytes, buffer.end)
    buffer.end += bytes.length
    buffer.copies += 1
    return copy
  }

  release({ buffer }: PooledBytes): void {
    buffer.copies -= 1
    if (buffer.copies > 0) return
    buffer.end = 0
    if (buffer === this.#latest) return
    this.#heldBytes -= buffer.bytes.length
    if (buffer.bytes.length === bufferBytes.largest) this.#free = buffer
  }

  #bufferFor(length: number): PoolBuffer {
    const latest = this.#latest
    if (latest && latest.bytes.length - latest.end >= length) return latest
    const size = Math.min(bufferBytes.largest, latest ? 2 * latest.bytes.length : bufferBytes.first)
    let buffer = this.#free
    if (buffer && buffer.bytes.length >= length) this.#free = undefined
    else buffer = { bytes: new Uint8Array(Math.max(size, length)), end: 0, copies: 0 }
    // One that is larger than any other is not the measure of the next.
    if (buffer.bytes.length > bufferBytes.largest) this.#heldBytes += buffer.bytes.length
    else {
      if (latest && latest.copies > 0) this.#heldBytes += latest.bytes.length
      this.#latest = buffer
    }
    return buffer
  }
}
