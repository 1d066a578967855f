import { randomBytes } from 'node:crypto'

/** What does not compress. */
const noise = new Uint8Array(randomBytes(64 * 1024))

/** A message with its number in the first 4 bytes, then bytes that do not compress; in memory of its own. */
export function payloadOf(number: number, bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += noise.length) {
    const from = (number * 31) % (noise.length - 128)
    payload.set(noise.subarray(from, from + Math.min(bytes - at, noise.length - from)), at)
  }
  new DataView(payload.buffer).setUint32(0, number)
  return payload
}
