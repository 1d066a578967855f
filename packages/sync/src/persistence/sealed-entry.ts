import { sha256 } from '@noble/hashes/sha2.js'

/** Bytes of the seal at the end of a value. */
const sealBytes = 8

/**
 * An entry's value with a seal: the first 8 bytes of SHA-256 over the length of the key (2 bytes, big-endian), the key
 * and the value. It tells damage, not forgery: whoever can write the place can write a seal.
 */
export function sealEntry(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(value.length + sealBytes)
  sealed.set(value)
  sealed.set(sealOf(key, value), value.length)
  return sealed
}

/** The value without its seal; undefined when the seal is broken. A view of what was given. */
export function unsealEntry(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < sealBytes) return undefined
  const value = sealed.subarray(0, sealed.length - sealBytes)
  const found = sealed.subarray(value.length)
  return sealOf(key, value).every((byte, index) => byte === found[index]) ? value : undefined
}

/**
 * 30 bits of a seal, which an engine keeps without an object. Added up over all entries by exclusive or, they tell that
 * one is missing, or that an older one has come back.
 */
export function digestOfSeal(sealed: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = sealed.subarray(sealed.length - sealBytes)
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 2
}

function sealOf(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(2 + key.length + value.length)
  sealed[0] = key.length >>> 8
  sealed[1] = key.length & 255
  sealed.set(key, 2)
  sealed.set(value, 2 + key.length)
  return sha256(sealed).subarray(0, sealBytes)
}
