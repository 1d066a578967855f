import { createHash } from 'node:crypto'

/** Bytes of a sequence number with its check. */
export const slotBytes = 16

/** A sequence number: 8 bytes big-endian, and the first 8 of their SHA-256. */
export function encodeSlot(sequence: number): Uint8Array {
  const bytes = new Uint8Array(slotBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(sequence))
  bytes.set(checkOf(bytes), 8)
  return bytes
}

/** Undefined when the bytes are none. */
export function decodeSlot(bytes: Uint8Array): number | undefined {
  if (bytes.length !== slotBytes) return undefined
  if (!checkOf(bytes).every((byte, index) => byte === bytes[8 + index])) return undefined
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
}

function checkOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes.subarray(0, 8)).digest().subarray(0, 8)
}
