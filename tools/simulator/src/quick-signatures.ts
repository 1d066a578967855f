import { createHash } from 'node:crypto'
import type { SignatureScheme } from '@ts2p/protocol'

/**
 * Signatures that cost next to nothing and prove nothing: whoever knows a public key can make them. For simulations of
 * thousands of honest nodes, where real ones would take most of the time.
 */
export const quickSignatures: SignatureScheme = {
  publicKey(seed) {
    const key = Uint8Array.from(createHash('sha256').update(seed).digest())
    // Below the field's prime, as the keys of Ed25519 are.
    key[31] = 0
    return key
  },
  sign: (message, seed) => mark(message, quickSignatures.publicKey(seed)),
  verify: (signature, message, publicKey) => Buffer.compare(signature, mark(message, publicKey)) === 0,
}

function mark(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha512').update(publicKey).update(message).digest())
}
