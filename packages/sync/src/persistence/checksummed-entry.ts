import { sha256 } from '@noble/hashes/sha2.js'

/** Bytes of the checksum at the end of a value. */
const checksumBytes = 8

/**
 * An entry's value with a checksum: the first 8 bytes of SHA-256 over the length of the key (2 bytes, big-endian), the key
 * and the value. It tells damage, not forgery: whoever can write the place can write a checksum.
 */
export function appendChecksum(key: Uint8Array, value: Uint8Array): Uint8Array {
  const checksummed = new Uint8Array(value.length + checksumBytes)
  checksummed.set(value)
  checksummed.set(checksumOf(key, value), value.length)
  return checksummed
}

/** The value without its checksum; undefined when the checksum is broken. A view of what was given. */
export function verifyChecksum(key: Uint8Array, checksummed: Uint8Array): Uint8Array | undefined {
  if (checksummed.length < checksumBytes) return undefined
  const value = checksummed.subarray(0, checksummed.length - checksumBytes)
  const found = checksummed.subarray(value.length)
  return checksumOf(key, value).every((byte, index) => byte === found[index]) ? value : undefined
}

/**
 * 30 bits of a checksum, which an engine keeps without an object. Added up over all entries by exclusive or, they tell that
 * one is missing, or that an older one has come back.
 */
export function digestOfChecksum(checksummed: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = checksummed.subarray(checksummed.length - checksumBytes)
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 2
}

function checksumOf(key: Uint8Array, value: Uint8Array): Uint8Array {
  const checksummed = new Uint8Array(2 + key.length + value.length)
  checksummed[0] = key.length >>> 8
  checksummed[1] = key.length & 255
  checksummed.set(key, 2)
  checksummed.set(value, 2 + key.length)
  return sha256(checksummed).subarray(0, checksumBytes)
}
