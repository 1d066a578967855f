import { textFromBytes } from '@ts2p/protocol'

/** What comes out of the sockets of this folder: a Buffer; in browsers, bytes that print as their text like one. */
export type BufferLike = Uint8Array & { toString(): string }

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
