import { ProtocolError } from '../errors.ts'

/** Bytes of a frame's header: the length of what follows, unsigned, big-endian. */
export const frameHeaderBytes = 4

/** One message on its way to a link. */
export interface Frame {
  /** Its bytes, in order. */
  readonly chunks: readonly Uint8Array[]
  /** Bytes of all chunks. */
  readonly length: number
}

/** Prefixes a body with its length. Of a body in parts all but the first stay where they are. */
export function encodeFrame(body: Uint8Array, ...rest: readonly Uint8Array[]): Frame {
  const bodyBytes = rest.reduce((sum, part) => sum + part.length, body.length)
  const first = new Uint8Array(frameHeaderBytes + body.length)
  new DataView(first.buffer).setUint32(0, bodyBytes)
  first.set(body, frameHeaderBytes)
  return { chunks: [first, ...rest], length: frameHeaderBytes + bodyBytes }
}

/**
 * Cuts a stream into frames. Nothing is reserved on the word of a length: the buffer grows with what has arrived.
 * Returned bodies are views of what was pushed, so that the common case, whole frames in one chunk, copies nothing.
 */
export class FrameDecoder {
  /** Longest body taken, bytes. May be raised once the handshake is done. */
  bodyBytesMax: number
  #buffer: Uint8Array = new Uint8Array(0)
  #start = 0
  #end = 0
  /** Whether the buffer was made here, and may be written to behind #end. */
  #own = false

  constructor(bodyBytesMax: number) {
    this.bodyBytesMax = bodyBytesMax
  }

  /** Bytes pushed that no frame has taken yet. */
  get pendingBytes(): number {
    return this.#end - this.#start
  }

  /** Takes what arrived; the chunk must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    if (this.pendingBytes === 0) {
      this.#buffer = chunk
      this.#start = 0
      this.#end = chunk.length
      this.#own = false
      return
    }
    const pending = this.pendingBytes
    if (!this.#own || this.#buffer.length - this.#end < chunk.length) {
      // A new buffer rather than a shift within the old one: bodies already returned are views of that.
      const grown = new Uint8Array(Math.max(2 * pending, pending + chunk.length))
      grown.set(this.#buffer.subarray(this.#start, this.#end))
      this.#buffer = grown
      this.#start = 0
      this.#end = pending
      this.#own = true
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /**
   * The next frame's body, or undefined until more has arrived.
   * @throws {ProtocolError} The length announced is 0 or above `bodyBytesMax`.
   */
  next(): Uint8Array | undefined {
    if (this.pendingBytes < frameHeaderBytes) return undefined
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + this.#start, frameHeaderBytes)
    const length = view.getUint32(0)
    if (length === 0) throw new ProtocolError('frame: empty')
    if (length > this.bodyBytesMax) {
      throw new ProtocolError(`frame: ${length} bytes announced, ${this.bodyBytesMax} allowed`)
    }
    if (this.pendingBytes < frameHeaderBytes + length) return undefined
    const bodyStart = this.#start + frameHeaderBytes
    this.#start = bodyStart + length
    return this.#buffer.subarray(bodyStart, this.#start)
  }
}
