import type { SignatureScheme } from '@ts2p/protocol'

/** Signatures whose verifications are counted. */
export class CountedSignatures implements SignatureScheme {
  verifications = 0
  readonly #scheme: SignatureScheme

  constructor(scheme: SignatureScheme) {
    this.#scheme = scheme
  }

  publicKey(seed: Uint8Array): Uint8Array {
    return this.#scheme.publicKey(seed)
  }

  sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
    return this.#scheme.sign(message, seed)
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    this.verifications += 1
    return this.#scheme.verify(signature, message, publicKey)
  }
}
