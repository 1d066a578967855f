import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js'

/** Bytes of a secret seed. */
export const seedBytes = 32
/** Bytes of a public key. */
export const publicKeyBytes = 32
/** Bytes of a signature. */
export const signatureBytes = 64

/**
 * Ed25519 (RFC 8032), by whatever computes it here. Implementations differ on signatures that nobody makes honestly, so
 * that all of them MUST judge as `portableEd25519` does: two nodes that judge one record differently never agree again.
 */
export interface SignatureScheme {
  /** The 32-byte public key of a secret seed of 32 bytes. */
  publicKey(seed: Uint8Array): Uint8Array
  /** A signature, 64 bytes. */
  sign(message: Uint8Array, seed: Uint8Array): Uint8Array
  /** Whether a signature is good. Hostile bytes of any length are not; never throws. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

const { Point } = ed25519
const order = Point.Fn.ORDER
const fieldPrime = Point.Fp.ORDER

/**
 * The y of the points whose order divides 8: with such a key, one signature is good for many messages (Chalkias, Garillot,
 * Nikolaenko: Taming the many EdDSAs, 2020).
 */
const smallOrderYs: ReadonlySet<bigint> = new Set(ED25519_TORSION_SUBGROUP.map((point) => yOf(hexToBytes(point))))

/** Whether a key may be a node's: canonical, and not of small order. Whoever verifies must ask first. */
export function isSoundKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes) return false
  const y = yOf(publicKey)
  return y < fieldPrime && !smallOrderYs.has(y)
}

/** Ed25519 in plain JavaScript, the same in Node and browsers. */
export const portableEd25519: SignatureScheme = {
  publicKey: (seed) => ed25519.getPublicKey(seed),
  sign: (message, seed) => ed25519.sign(message, seed),
  verify(signature, message, publicKey) {
    if (signature.length !== signatureBytes || !isSoundKey(publicKey)) return false
    const commitment = signature.subarray(0, 32)
    const response = bytesToNumberLE(signature.subarray(32))
    if (response >= order) return false
    try {
      const key = Point.fromBytes(publicKey)
      const challenge = bytesToNumberLE(sha512(concatBytes(commitment, publicKey, message))) % order
      // Without the cofactor (RFC 8032, 5.1.7, "sufficient, but not required"), as OpenSSL does: both compare the bytes.
      const expected = Point.BASE.multiplyUnsafe(response).subtract(key.multiplyUnsafe(challenge))
      return equalBytes(expected.toBytes(), commitment)
    } catch {
      // The key is no point of the curve.
      return false
    }
  },
}

/** A point is its y; the highest bit is the sign of its x. */
function yOf(point: Uint8Array): bigint {
  return bytesToNumberLE(point) & (2n ** 255n - 1n)
}
