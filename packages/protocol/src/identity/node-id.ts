import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { portableEd25519, seedBytes } from './ed25519.ts'
import type { SignatureScheme } from './ed25519.ts'

declare const nodeIdBrand: unique symbol

/** A node's name: base58 of the SHA-256 of its Ed25519 public key. */
export type NodeId = string & { readonly [nodeIdBrand]: true }

/** Bytes of a node's key, and of the hash that its id spells. */
export const nodeKeyBytes = 32

/** Who a node is. */
export interface Identity {
  /** Its Ed25519 public key. */
  readonly key: Uint8Array
  /** SHA-256 of the key. */
  readonly hash: Uint8Array
  readonly id: NodeId
}

/** One's own identity: whoever can sign with its key is that node. */
export interface OwnIdentity extends Identity {
  /** The Ed25519 signature of a message, 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/**
 * One's own identity, from the secret that it is kept as: 32 random bytes. Keep them to come back as the same node; two
 * nodes must not have the same.
 * @param ed25519 what computes signatures; default plain JavaScript
 * @throws {RangeError} The seed has not 32 bytes.
 */
export function identityFromSeed(seed: Uint8Array, ed25519: SignatureScheme = portableEd25519): OwnIdentity {
  if (seed.length !== seedBytes)
    throw new RangeError(`The seed of an identity has ${seedBytes} bytes, not ${seed.length}.`)
  const secret = Uint8Array.from(seed)
  return { ...identityFromKey(ed25519.publicKey(secret)), sign: (message) => ed25519.sign(message, secret) }
}

/**
 * The identity of a public key.
 * @throws {RangeError} The key has not 32 bytes.
 */
export function identityFromKey(key: Uint8Array): Identity {
  if (key.length !== nodeKeyBytes) throw new RangeError(`A node's key has ${nodeKeyBytes} bytes, not ${key.length}.`)
  const hash = sha256(key)
  return { key: Uint8Array.from(key), hash, id: nodeIdFromHash(hash) }
}

/** Spells a 32-byte hash as a node id. */
export function nodeIdFromHash(hash: Uint8Array): NodeId {
  return base58.encode(hash) as NodeId
}

/** The id of the node that has a key. */
export function nodeIdFromKey(key: Uint8Array): NodeId {
  return nodeIdFromHash(sha256(key))
}

/**
 * The hash that a node id spells.
 * @throws {RangeError} It is not a node id.
 */
export function hashFromNodeId(id: string): Uint8Array {
  let hash: Uint8Array | undefined
  try {
    hash = base58.decode(id)
  } catch (error) {
    throw new RangeError(`${JSON.stringify(id)} is not a node id.`, { cause: error })
  }
  if (hash.length !== nodeKeyBytes) throw new RangeError(`${JSON.stringify(id)} is not a node id.`)
  return hash
}

/** Remembers the ids of hashes and keys lately met: base58 and SHA-256 cost more than the rest of taking a message. */
export class NodeIdCache {
  readonly #idsMax: number
  readonly #ids = new Map<string, NodeId>()

  constructor(idsMax = 4096) {
    this.#idsMax = idsMax
  }

  fromHash(hash: Uint8Array): NodeId {
    return this.#remembered(`h${bytesToHex(hash)}`, () => nodeIdFromHash(hash))
  }

  fromKey(key: Uint8Array): NodeId {
    return this.#remembered(`k${bytesToHex(key)}`, () => nodeIdFromKey(key))
  }

  #remembered(name: string, make: () => NodeId): NodeId {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    if (this.#ids.size >= this.#idsMax) this.#ids.clear()
    const id = make()
    this.#ids.set(name, id)
    return id
  }
}

/** Whether a text spells the id of a node. */
export function isNodeId(text: string): text is NodeId {
  // 32 bytes have at most 44 digits of base58: longer texts are not worth decoding.
  try {
    return text.length <= 44 && base58.decode(text).length === nodeKeyBytes
  } catch {
    return false
  }
}
