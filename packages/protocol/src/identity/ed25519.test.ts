import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { readFileSync } from 'node:fs'
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

test('a key that verifies often, by a table, judges as one that verifies once', () => {
  const file = new URL('../../vectors/ed25519.json', import.meta.url)
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
    cases: Record<'message' | 'publicKey' | 'signature' | 'what', string>[] & { isGood: boolean }[]
  }
  for (let times = 0; times < 6; times += 1) {
    for (const { message, publicKey, signature, isGood, what } of cases) {
      const decision = portableEd25519.verify(hexToBytes(signature), hexToBytes(message), hexToBytes(publicKey))
      expect(decision, what).toBe(isGood)
    }
  }
})

test('keys by the hundred, each used often: none is mistaken for another', () => {
  const seeds = Array.from({ length: 300 }, (_, index) => new Uint8Array(32).fill(index % 256).with(0, index >> 8))
  const message = new Uint8Array(40)
  const signed = seeds.map((seed) => [portableEd25519.publicKey(seed), portableEd25519.sign(message, seed)] as const)
  for (const [index, [key, signature]] of signed.slice(0, 40).entries()) {
    for (let times = 0; times < 6; times += 1) expect(portableEd25519.verify(signature, message, key)).toBe(true)
    const other = signed[index + 1]?.[1] ?? signature
    expect(portableEd25519.verify(other, message, key)).toBe(false)
  }
  for (const [key, signature] of signed) expect(portableEd25519.verify(signature, message, key)).toBe(true)
})
