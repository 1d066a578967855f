import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { CipherState, tagBytes } from './cipher-state.ts'

const hashBytes = 32
const nothing = new Uint8Array(0)

/** The SymmetricState of Noise (revision 34, section 5.2): the keys and the hash that grow during a handshake. */
export class SymmetricState {
  #hash: Uint8Array
  #chainingKey: Uint8Array
  #cipher: CipherState | undefined

  /** @param protocolName 32 bytes of ASCII: longer names would be hashed first, shorter ones filled up */
  constructor(protocolName: string) {
    const name = utf8ToBytes(protocolName)
    if (name.length !== hashBytes) throw new RangeError(`The name of the protocol has ${name.length} bytes, not 32.`)
    this.#hash = name
    this.#chainingKey = name
  }

  /** The hash of all that has been said; when the handshake is done, the channel binding (section 11.2). */
  get hash(): Uint8Array {
    return this.#hash
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concatBytes(this.#hash, data))
  }

  mixKey(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, key] = twoKeys(this.#chainingKey, inputKeyMaterial)
    this.#chainingKey = chainingKey
    this.#cipher = new CipherState(key)
  }

  /** Encrypts once there is a key, and mixes in what goes over the wire. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const message = new Uint8Array(plaintext.length + (this.#cipher ? tagBytes : 0))
    message.set(plaintext)
    this.#cipher?.encryptInPlace(message, this.#hash)
    this.mixHash(message)
    return message
  }

  /** @throws {NoiseError} Once there is a key: the message is not what the other side sent. */
  decryptAndHash(message: Uint8Array): Uint8Array {
    const plaintext = this.#cipher ? this.#cipher.decrypt(message, this.#hash) : message.slice()
    this.mixHash(message)
    return plaintext
  }

  /** The ciphers for what comes after the handshake: of the side that began, and of the one that answered. */
  split(): { initiator: CipherState; responder: CipherState } {
    const [initiator, responder] = twoKeys(this.#chainingKey, nothing)
    return { initiator: new CipherState(initiator), responder: new CipherState(responder) }
  }
}

/** HKDF of Noise with two outputs (section 4.3): that of RFC 5869 with the chaining key as salt and no info. */
function twoKeys(chainingKey: Uint8Array, inputKeyMaterial: Uint8Array): [Uint8Array, Uint8Array] {
  const keys = hkdf(sha256, inputKeyMaterial, chainingKey, nothing, 2 * hashBytes)
  return [keys.slice(0, hashBytes), keys.slice(hashBytes)]
}
