import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { NoiseError } from './noise-error.ts'

/** Bytes that a message is longer than what is in it. */
export const tagBytes = 16

/**
 * Messages per key and direction, after which the link ends. Noise has nonces up to 2^64 − 2; the counter here is exact up
 * to 2^53. At a million messages a second this is nine years, so there is no rekeying: a new link has new keys.
 */
export const messagesMax: number = 2 ** 48

const noAssociatedData = new Uint8Array(0)

/** The CipherState of Noise (revision 34, section 5.1) with a key: ChaChaPoly, and a counter for the nonce. */
export class CipherState {
  readonly #key: Uint8Array
  readonly #nonce = new Uint8Array(12)
  readonly #nonceView = new DataView(this.#nonce.buffer)
  #count: number

  /** @param count how many messages there were with this key; SetNonce of the specification */
  constructor(key: Uint8Array, count = 0) {
    this.#key = key
    this.#count = count
  }

  /**
   * Encrypts in place: what is there up to the last 16 bytes, which get the tag.
   * @throws {NoiseError} There were `messagesMax` messages.
   */
  encryptInPlace(message: Uint8Array, associatedData: Uint8Array = noAssociatedData): void {
    const plaintext = message.subarray(0, message.length - tagBytes)
    chacha20poly1305(this.#key, this.#nextNonce(), associatedData).encrypt(plaintext, message)
  }

  /**
   * What is in a message, in memory of its own. After an error this is of no use any more.
   * @throws {NoiseError} It is not the message that the other side sent next; or there were `messagesMax` messages.
   */
  decrypt(message: Uint8Array, associatedData: Uint8Array = noAssociatedData): Uint8Array {
    if (message.length < tagBytes) throw new NoiseError('a message is shorter than its tag')
    const cipher = chacha20poly1305(this.#key, this.#nextNonce(), associatedData)
    try {
      return cipher.decrypt(message)
    } catch (cause) {
      throw new NoiseError('a message was changed, left out, repeated or moved', { cause })
    }
  }

  /** 32 zero bits and the counter, 64 bits, little-endian (section 12.3). */
  #nextNonce(): Uint8Array {
    if (this.#count >= messagesMax) throw new NoiseError('its keys have served for as many messages as they may')
    this.#nonceView.setUint32(4, this.#count % 2 ** 32, true)
    this.#nonceView.setUint32(8, Math.floor(this.#count / 2 ** 32), true)
    this.#count += 1
    return this.#nonce
  }
}
