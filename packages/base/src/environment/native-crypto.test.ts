import { readFileSync } from 'node:fs'
import { portableEd25519 } from '@ts2p/protocol'
import { describe, expect, it } from 'vitest'
import { systemEnvironment } from './system-environment.ts'

interface Case {
  readonly message: string
  readonly publicKey: string
  readonly signature: string
  readonly what: string
  readonly isGood: boolean
}

const file = new URL('../../../protocol/vectors/ed25519.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }
// In Node the platform's is OpenSSL; the same file is judged in a browser by the tests of the examples.
const native = systemEnvironment().ed25519 ?? portableEd25519
const schemes = { portable: portableEd25519, native }

it('Node has an implementation of its own', () => expect(native).not.toBe(portableEd25519))

it('the key of a seed is the same by both', () => {
  for (let byte = 0; byte < 100; byte++) {
    const seed = new Uint8Array(32).fill(byte)
    expect(native.publicKey(seed)).toEqual(portableEd25519.publicKey(seed))
  }
})

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

describe.each(Object.entries(schemes))('Ed25519, %s', (_name, scheme) => {
  it.each(cases)('$what', ({ message, publicKey, signature, isGood }) => {
    expect(scheme.verify(bytes(signature), bytes(message), bytes(publicKey))).toBe(isGood)
  })

  it('the first vector of RFC 8032, 7.1', () => {
    const seed = bytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
    const signature =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
    expect(Buffer.from(scheme.publicKey(seed)).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    )
    expect(Buffer.from(scheme.sign(new Uint8Array(0), seed)).toString('hex')).toBe(signature)
    expect(scheme.verify(bytes(signature), new Uint8Array(0), scheme.publicKey(seed))).toBe(true)
  })

  it('says no to bytes of any length, and to every flipped bit', () => {
    const seed = new Uint8Array(32).fill(7)
    const message = new Uint8Array([1, 2, 3])
    const publicKey = scheme.publicKey(seed)
    const signature = scheme.sign(message, seed)
    for (const length of [0, 1, 31, 33, 63, 65, 1000]) {
      expect(scheme.verify(new Uint8Array(length), message, publicKey)).toBe(false)
      expect(scheme.verify(signature, message, new Uint8Array(length))).toBe(false)
    }
    for (let bit = 0; bit < 512; bit += 7) {
      const flipped = Uint8Array.from(signature, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      expect(scheme.verify(flipped, message, publicKey)).toBe(false)
    }
  })
})
