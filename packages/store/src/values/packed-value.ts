import { type BinaryString, binaryFromBytes, bytesFromBinary } from './binary-string.ts'

/**
 * A value as it is kept. Short ones are strings: an array of 100 bytes takes some 300 in V8, since its buffer is an
 * object of its own outside the heap, and a string of 100 characters takes 120.
 */
export type PackedValue = BinaryString | Uint8Array

/** The longest value that is kept as a string: beyond it the string saves little, and takes longer to read. */
const stringBytesMax = 512

/** The value of whatever has none: released records, and keys of which only fields are set. */
export const emptyValue: Uint8Array = new Uint8Array(0)

/** Packs a copy of a value. */
export function packValue(value: PackedValue): PackedValue {
  if (typeof value === 'string') return value.length <= stringBytesMax ? value : bytesFromBinary(value)
  return value.length <= stringBytesMax ? binaryFromBytes(value) : new Uint8Array(value)
}

/** Gives back the value: bytes of its own if it is short, else those that are kept. */
export function unpackValue(packed: PackedValue): Uint8Array {
  if (packed.length === 0) return emptyValue
  return typeof packed === 'string' ? bytesFromBinary(packed) : packed
}

/** Whether two values are the same. */
export function isSameValue(x: PackedValue, y: PackedValue): boolean {
  if (typeof x === 'string' || typeof y === 'string') return x === y
  return x.length === y.length && x.every((byte, index) => byte === y[index])
}
