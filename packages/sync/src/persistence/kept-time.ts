/** A time as it is kept: milliseconds since 1970 in 8 bytes, a big-endian double. */
export function encodeTime(timeMs: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, timeMs)
  return bytes
}

/** @throws {RangeError} The bytes are no time. */
export function decodeTime(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat64(0)
}
