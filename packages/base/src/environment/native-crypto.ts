import { isSoundKey, portableSha256 } from '@ts2p/protocol'
import type { Sha256, SignatureScheme } from '@ts2p/protocol'

declare function btoa(text: string): string

/** The part of node:crypto that is needed: this package also runs where there is none. */
export interface NodeCrypto {
  createPrivateKey(key: { key: Uint8Array; format: 'der'; type: 'pkcs8' }): object
  createPublicKey(key: { key: { kty: 'OKP'; crv: 'Ed25519'; x: string }; format: 'jwk' } | object): PublicKey
  sign(algorithm: null, data: Uint8Array, key: object): Uint8Array
  verify(algorithm: null, data: Uint8Array, key: object, signature: Uint8Array): boolean
  hash(algorithm: 'sha256', data: Uint8Array, outputEncoding: 'buffer'): Uint8Array
}

interface PublicKey {
  export(options: { format: 'der'; type: 'spki' }): Uint8Array
}

/** What precedes the 32 bytes of a seed in DER (RFC 8410), and how many bytes precede those of a public key. */
const seedPrefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
const publicKeyPrefixBytes = 12
/** Keys kept in the form that node:crypto works with, which takes time to make. */
const keysMax = 256

/** Ed25519 by OpenSSL: many times faster, and with the same verdicts as `portableEd25519`. */
export function nativeEd25519(crypto: NodeCrypto): SignatureScheme {
  const privateKeys = new KeyCache((seed) =>
    crypto.createPrivateKey({ key: Uint8Array.of(...seedPrefix, ...seed), format: 'der', type: 'pkcs8' }),
  )
  // Whether a key is sound takes big integers, and is found out once. As JWK (RFC 8037), since OpenSSL reads DER several times as slowly.
  const publicKeys = new KeyCache((key) =>
    isSoundKey(key)
      ? crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64UrlOf(key) }, format: 'jwk' })
      : undefined,
  )
  return {
    publicKey(seed) {
      const exported = crypto.createPublicKey(privateKeys.find(seed)).export({ format: 'der', type: 'spki' })
      return Uint8Array.from(exported.subarray(publicKeyPrefixBytes))
    },
    sign: (message, seed) => new Uint8Array(crypto.sign(null, message, privateKeys.find(seed))),
    verify(signature, message, publicKey) {
      const key = publicKeys.find(publicKey)
      return key !== undefined && crypto.verify(null, message, key, signature)
    },
  }
}

/** Below this number of bytes, JavaScript takes less time than a call of OpenSSL. */
const nativeBytesMin = 512

/** SHA-256 by OpenSSL for long messages, which takes a tenth of the time that JavaScript takes. */
export function nativeSha256(crypto: NodeCrypto): Sha256 {
  return (bytes) =>
    bytes.length < nativeBytesMin ? portableSha256(bytes) : new Uint8Array(crypto.hash('sha256', bytes, 'buffer'))
}

/** RFC 4648, section 5, without padding. */
function base64UrlOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

class KeyCache<T> {
  readonly #make: (bytes: Uint8Array) => T
  readonly #keys = new Map<string, T>()

  constructor(make: (bytes: Uint8Array) => T) {
    this.#make = make
  }

  find(bytes: Uint8Array): T {
    const name = String.fromCharCode(...bytes)
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    if (this.#keys.size >= keysMax) this.#keys.clear()
    const key = this.#make(bytes)
    this.#keys.set(name, key)
    return key
  }
}
