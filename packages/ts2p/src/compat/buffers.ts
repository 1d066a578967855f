import { ArgumentError } from '@ts2p/base'
import { textFromBytes } from '@ts2p/protocol'

/** What comes out of the sockets of this folder: a Buffer; in browsers, bytes that print as their text like one. */
export type BufferLike = Uint8Array & { toString(): string }

/** What a key, value or packet may be: whatever `Buffer.from` takes and a byte can hold. */
export type Binary = string | ArrayBufferLike | ArrayBufferView | readonly number[]

declare const Buffer: { from(bytes: Uint8Array): BufferLike } | undefined

class TextBytes extends Uint8Array {
  override toString(): string {
    return textFromBytes(this)
  }
}

/** Bytes as a Buffer, copied. */
export function bufferOf(bytes: Uint8Array): BufferLike {
  return typeof Buffer === 'undefined' ? new TextBytes(bytes) : Buffer.from(bytes)
}

/**
 * What the layered sockets take for a key, value or packet. Arrays and typed arrays give one byte per element, as `Buffer.from`
 * does. Bytes are not copied.
 * @throws {ArgumentError} `Buffer.from` does not take it, or an element is not a byte: `Buffer.from` would truncate it.
 */
export function binaryOf(what: string, given: unknown): string | Uint8Array {
  if (typeof given === 'string' || given instanceof Uint8Array) return given
  if (given instanceof ArrayBuffer || isSharedArrayBuffer(given)) return new Uint8Array(given)
  if (given instanceof Int8Array) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  if (!Array.isArray(given) && !isTypedArray(given)) {
    throw new ArgumentError(what, 'a string, Buffer, typed array, ArrayBuffer or array of bytes', given)
  }
  const elements: readonly unknown[] = Array.from<unknown>(given)
  const bytes = Uint8Array.from(elements, (element) => (typeof element === 'number' ? element : 0))
  const misfit = elements.findIndex((element, index) => element !== bytes[index])
  if (misfit >= 0) {
    const expectation = 'a whole number from 0 to 255 (for the memory of a typed array give its `buffer`)'
    throw new ArgumentError(`${what}[${misfit}]`, expectation, elements[misfit])
  }
  return bytes
}

function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  return typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer
}

function isTypedArray(value: unknown): value is ArrayLike<number> {
  return ArrayBuffer.isView(value) && 'length' in value
}
