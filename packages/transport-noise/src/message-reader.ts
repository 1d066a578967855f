import { tagBytes } from './cipher-state.ts'
import { NoiseError } from './noise-error.ts'

/** Bytes before each message: its length, unsigned, big-endian. */
export const headerBytes = 2
/** Longest message of Noise, bytes (section 3). */
export const messageBytesMax = 65_535

const nothing = new Uint8Array(0)

/** Cuts a stream into messages. Nothing is reserved on the word of a length: memory grows with what has arrived. */
export class MessageReader {
  #lengths: { readonly least: number; readonly most: number }
  #chunk: Uint8Array = nothing
  #at = 0
  /** The part of a message that earlier chunks brought. */
  #pending: Uint8Array = nothing
  #pendingBytes = 0

  /** @param length the one length that the next message may have */
  constructor(length: number) {
    this.#lengths = { least: length, most: length }
  }

  /** Bytes of memory held, for a message that has not come whole. */
  get reservedBytes(): number {
    return this.#pending.length + this.#chunk.length
  }

  /** The handshake is done: from now on messages have any length that they can have. */
  expectTransport(): void {
    this.#lengths = { least: tagBytes, most: messageBytesMax }
  }

  /** Takes what arrived, once `next` has nothing more of what arrived before. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /**
   * The next message, or undefined until more has arrived; a view, good until the next `push`.
   * @throws {NoiseError} The length announced cannot be.
   */
  next(): Uint8Array | undefined {
    const length = this.#announced()
    if (length === undefined) return this.#keep(headerBytes)
    const { least, most } = this.#lengths
    if (length < least || length > most) {
      const allowed = least === most ? `${least}` : `${least} to ${most}`
      throw new NoiseError(`a message of ${length} bytes was announced where ${allowed} are allowed`)
    }
    const bytes = headerBytes + length
    if (this.#pendingBytes + this.#chunk.length - this.#at < bytes) return this.#keep(bytes)
    if (this.#pendingBytes === 0) {
      this.#at += bytes
      return this.#chunk.subarray(this.#at - length, this.#at)
    }
    this.#keep(bytes)
    const message = this.#pending.subarray(headerBytes, bytes)
    this.#pending = nothing
    this.#pendingBytes = 0
    return message
  }

  #announced(): number | undefined {
    const high = this.#byte(0)
    const low = this.#byte(1)
    return high === undefined || low === undefined ? undefined : high * 256 + low
  }

  #byte(index: number): number | undefined {
    return index < this.#pendingBytes ? this.#pending[index] : this.#chunk[this.#at + index - this.#pendingBytes]
  }

  /** Takes from the chunk what there is of a message of so many bytes, header included. */
  #keep(bytes: number): undefined {
    const part = this.#chunk.subarray(this.#at, this.#at + bytes - this.#pendingBytes)
    this.#at += part.length
    const needed = this.#pendingBytes + part.length
    if (needed > this.#pending.length) {
      // Twice what is needed, so that bytes that come one by one are not copied again at each of them.
      const grown = new Uint8Array(Math.min(bytes, 2 * needed))
      grown.set(this.#pending.subarray(0, this.#pendingBytes))
      this.#pending = grown
    }
    this.#pending.set(part, this.#pendingBytes)
    this.#pendingBytes = needed
    // A link that is silent must not hold the memory of what came last.
    if (this.#at === this.#chunk.length) this.push(nothing)
  }
}
