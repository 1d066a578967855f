import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSoundKey, portableEd25519 } from './ed25519.ts'

test('no key of small order is sound, whatever the sign of its x, and neither is what only reduces to a key', () => {
  expect(ED25519_TORSION_SUBGROUP).toHaveLength(8)
  for (const point of ED25519_TORSION_SUBGROUP) {
    const key = hexToBytes(point)
    expect(isSoundKey(key), point).toBe(false)
    expect(isSoundKey(key.with(31, (key[31] ?? 0) ^ 0x80)), point).toBe(false)
  }
  expect(isSoundKey(new Uint8Array(32).fill(0xff))).toBe(false)
  expect(isSoundKey(ed25519.getPublicKey(new Uint8Array(32)))).toBe(true)
})

test('keys and signatures are those of another library, which takes ours as we take its', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(bytes, fc.uint8Array(), fc.nat(511), (seed, message, bit) => {
      const key = portableEd25519.publicKey(seed)
      const signature = portableEd25519.sign(message, seed)
      expect(key).toEqual(ed25519.getPublicKey(seed))
      expect(signature).toEqual(ed25519.sign(message, seed))
      expect(portableEd25519.verify(signature, message, key)).toBe(true)
      const byte = bit >> 3
      const forged = signature.with(byte, (signature[byte] ?? 0) ^ (1 << (bit & 7)))
      expect(portableEd25519.verify(forged, message, key)).toBe(false)
    }),
    { numRuns: 30 },
  )
})
