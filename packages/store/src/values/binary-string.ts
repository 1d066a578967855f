import { InvalidKeyError } from '../errors.ts'

/**
 * Bytes as a string, one character (0..255) per byte; an ASCII text is itself. What Maps are keyed by, because two
 * equal byte arrays are two different Map keys. `<` on such strings compares as bytes compare.
 */
export type BinaryString = string

/** The most arguments that one call of `String.fromCharCode` is given here; engines set a limit of some ten thousands. */
const chunkBytes = 4096

/** Makes a Map key of bytes. */
export function binaryFromBytes(bytes: Uint8Array): BinaryString {
  if (bytes.length <= chunkBytes) return chunkFromBytes(bytes)
  const chunks: string[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunks.push(chunkFromBytes(bytes.subarray(start, start + chunkBytes)))
  }
  return chunks.join('')
}

/**
 * Gives back the bytes of a binary string.
 * @throws {InvalidKeyError} A character stands for no byte: the text was not encoded, to UTF-8 for example.
 */
export function bytesFromBinary(key: BinaryString): Uint8Array {
  const bytes = new Uint8Array(key.length)
  for (let index = 0; index < key.length; index += 1) bytes[index] = byteAt(key, index)
  return bytes
}

/** @throws {InvalidKeyError} A character stands for no byte, as for `bytesFromBinary`. */
export function assertBinary(key: BinaryString): void {
  const index = key.search(noByte)
  if (index >= 0) byteAt(key, index)
}

/** Not a byte: found at once to be nowhere in a string that the engine keeps one byte to a character. */
const noByte = /[^\0-\xff]/

function byteAt(key: BinaryString, index: number): number {
  const byte = key.charCodeAt(index)
  if (byte > 255) throw new InvalidKeyError({ reason: `its character ${index} is no byte` })
  return byte
}

/** `Reflect.apply` takes the array as it is. To spread it takes ten times as long, for it is iterated over. */
function chunkFromBytes(bytes: Uint8Array): BinaryString {
  const chunk: string = Reflect.apply(String.fromCharCode, undefined, bytes)
  return chunk
}
