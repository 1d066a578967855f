import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'

declare const nodeIdBrand: unique symbol

/** A node's name: base58 of the SHA-256 of its key. */
export type NodeId = string & { readonly [nodeIdBrand]: true }

/** Bytes of a node's key, and of the hash that its id spells. */
export const nodeKeyBytes = 32

/** How a node knows itself. */
export interface Identity {
  readonly key: Uint8Array
  /** SHA-256 of the key. */
  readonly hash: Uint8Array
  readonly id: NodeId
}

/**
 * The identity of a key.
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
