import { tagBytes } from './cipher-state.ts'
import type { CipherState } from './cipher-state.ts'
import { headerBytes, messageBytesMax } from './message-reader.ts'

/** What fits into one message, bytes. */
const plaintextBytesMax = messageBytesMax - tagBytes
/** What the cipher works on begins at a multiple of this: it is a third faster then. */
const alignmentBytes = 4

/** A message with its length before it. */
export function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + message.length)
  setHeader(frame, message.length)
  frame.set(message, headerBytes)
  return frame
}

/**
 * The chunks, encrypted, in as few messages as may be, each with its length before it. Of no bytes, no message.
 * @throws {NoiseError} The cipher may not be used any more.
 */
export function encryptChunks(chunks: readonly Uint8Array[], cipher: CipherState): Uint8Array[] {
  let rest = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const source = new ChunkSource(chunks)
  const frames: Uint8Array[] = []
  while (rest > 0) {
    const bytes = Math.min(rest, plaintextBytesMax)
    frames.push(encryptFrame(bytes, cipher, (plaintext) => source.fill(plaintext)))
    rest -= bytes
  }
  return frames
}

/** The message that says that nothing follows: one with nothing in it. */
export function encryptEnd(cipher: CipherState): Uint8Array {
  return encryptFrame(0, cipher, () => undefined)
}

function encryptFrame(bytes: number, cipher: CipherState, fill: (plaintext: Uint8Array) => void): Uint8Array {
  const messageBytes = bytes + tagBytes
  const buffer = new Uint8Array(alignmentBytes + messageBytes)
  const frame = buffer.subarray(alignmentBytes - headerBytes)
  setHeader(frame, messageBytes)
  const message = buffer.subarray(alignmentBytes)
  fill(message.subarray(0, bytes))
  cipher.encryptInPlace(message)
  return frame
}

function setHeader(frame: Uint8Array, length: number): void {
  frame[0] = length >>> 8
  frame[1] = length & 0xff
}

/** Reads chunks one after the other, as if they were one. */
class ChunkSource {
  readonly #chunks: readonly Uint8Array[]
  #index = 0
  #at = 0

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks
  }

  fill(target: Uint8Array): void {
    let filled = 0
    while (filled < target.length) {
      const chunk = this.#chunks[this.#index]
      if (!chunk) throw new RangeError('The chunks have fewer bytes than were asked for.')
      const part = chunk.subarray(this.#at, this.#at + target.length - filled)
      target.set(part, filled)
      filled += part.length
      this.#at += part.length
      if (this.#at < chunk.length) continue
      this.#index += 1
      this.#at = 0
    }
  }
}
