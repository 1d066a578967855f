import { getPublicKey, hashes, Point, sign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'
import { equalBytes } from '../equal-bytes.ts'

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

const { p: fieldPrime, n: order } = Point.CURVE()

/**
 * The y of the points whose order divides 8: with such a key, one signature is good for many messages (Chalkias, Garillot,
 * Nikolaenko: Taming the many EdDSAs, 2020). Those of order 8 are the roots of dy⁴ + 2y² = 1.
 */
const orderEightY = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
const smallOrderYs: readonly bigint[] = [0n, 1n, fieldPrime - 1n, orderEightY, fieldPrime - orderEightY]

/** Whether a key may be a node's: canonical, and not of small order. Whoever verifies must ask first. */
export function isSoundKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes) return false
  const y = yOf(publicKey)
  return y < fieldPrime && !smallOrderYs.includes(y)
}

/** Ed25519 in plain JavaScript, the same in Node and browsers. */
export const portableEd25519: SignatureScheme = {
  publicKey: (seed) => withHash(() => getPublicKey(seed)),
  sign: (message, seed) => withHash(() => sign(message, seed)),
  verify(signature, message, publicKey) {
    if (signature.length !== signatureBytes || !isSoundKey(publicKey)) return false
    const commitment = signature.subarray(0, 32)
    const response = numberOf(signature.subarray(32))
    if (response >= order) return false
    try {
      const key = multiples.of(publicKey)
      const challenge = numberOf(sha512(concatBytes(commitment, publicKey, message))) % order
      // Without the cofactor (RFC 8032, 5.1.7, "sufficient, but not required"), as OpenSSL does: both compare the bytes.
      const expected = Point.BASE.multiply(response, false).subtract(key.times(challenge))
      return equalBytes(expected.toBytes(), commitment)
    } catch {
      // The key is no point of the curve.
      return false
    }
  },
}

/** How often a key must have verified something before its multiples are tabulated, which takes as long as about four verifications. */
const tabulatedFrom = 4
/** Keys remembered, and their tables: about 250 KiB each. */
const [keysMax, tablesMax] = [256, 32]
const [digitBits, digits] = [4, 64]

/** A key as a point. Once it was used a few times, a table makes multiplying it several times as fast. */
class KeyPoint {
  readonly #point: Point
  uses = 0
  /** For each digit of a scalar to the base 16, the multiples of the key by 1 to 15 and that power. */
  table: readonly (readonly Point[])[] | undefined

  constructor(point: Point) {
    this.#point = point
  }

  /** The key times a scalar from 0 to 2^256 - 1. What it works on is public: it need not take the same time for all. */
  times(scalar: bigint): Point {
    if (!this.table) return this.#point.multiply(scalar, false)
    let [rest, sum] = [scalar, Point.ZERO]
    for (const row of this.table) {
      const multiple = row[Number(rest & 15n) - 1]
      if (multiple) sum = sum.add(multiple)
      rest >>= BigInt(digitBits)
    }
    return sum
  }

  tabulate(): void {
    let base = this.#point
    this.table = Array.from({ length: digits }, () => {
      const row: Point[] = [base]
      while (row.length < 15) row.push((row.at(-1) ?? base).add(base))
      base = (row.at(-1) ?? base).add(base)
      return row
    })
  }
}

/** The keys used lately, those last that were used last. */
class KeyPoints {
  readonly #keys = new Map<string, KeyPoint>()
  readonly #tabulated = new Set<KeyPoint>()

  /** @throws {Error} The key is no point of the curve. */
  of(publicKey: Uint8Array): KeyPoint {
    const name = bytesToHex(publicKey)
    const key = this.#keys.get(name) ?? new KeyPoint(Point.fromBytes(publicKey))
    this.#keys.delete(name)
    this.#keys.set(name, key)
    key.uses += 1
    if (key.table || key.uses > tabulatedFrom) this.#keepTable(key)
    for (const [oldest, point] of this.#keys) {
      if (this.#keys.size <= keysMax) break
      this.#keys.delete(oldest)
      this.#tabulated.delete(point)
    }
    return key
  }

  #keepTable(key: KeyPoint): void {
    if (!key.table) key.tabulate()
    this.#tabulated.delete(key)
    this.#tabulated.add(key)
    const [oldest] = this.#tabulated
    if (this.#tabulated.size <= tablesMax || !oldest) return
    this.#tabulated.delete(oldest)
    oldest.table = undefined
    oldest.uses = 0
  }
}

const multiples = new KeyPoints()

/** The library has no hash of its own: it is given one when it first needs it, unless the application has. */
function withHash(use: () => Uint8Array): Uint8Array {
  hashes.sha512 ??= sha512
  return use()
}

/** A point is its y; the highest bit is the sign of its x. */
function yOf(point: Uint8Array): bigint {
  return numberOf(point) & (2n ** 255n - 1n)
}

/** The least significant byte comes first. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes.toReversed())}`)
}
