import { type BinaryString, binaryFromBytes } from '../values/binary-string.ts'
import type { StoreSettings } from '../options.ts'

/** One owner of records. There is one such object per owner, so `===` tells owners apart. */
export interface Owner {
  /** Its public key, as bytes and as a Map key. */
  readonly bytes: Uint8Array
  readonly binary: BinaryString
  /** Its name, by which ties are settled. */
  readonly id: string
  /** The network of its records, which is part of their ids. */
  readonly networkId: Uint8Array
  /** On how many keys it has records. */
  keys: number
}

/** The owners of the records that a store keeps; those who have none are forgotten. */
export class Owners {
  readonly #byBinary = new Map<BinaryString, Owner>()
  readonly #idOf: (owner: Uint8Array) => string
  readonly #networkId: Uint8Array

  constructor({ idOf, networkId }: Pick<StoreSettings, 'idOf' | 'networkId'>) {
    this.#idOf = idOf
    this.#networkId = networkId
  }

  /** The owner with this public key; a new one is remembered once it has a key. */
  find(publicKey: Uint8Array): Owner {
    const binary = binaryFromBytes(publicKey)
    const known = this.#byBinary.get(binary)
    if (known !== undefined) return known
    const bytes = publicKey.slice()
    return { bytes, binary, id: this.#idOf(bytes), networkId: this.#networkId, keys: 0 }
  }

  /** The owner has records on one more key. */
  addKey(owner: Owner): void {
    owner.keys += 1
    if (owner.keys === 1) this.#byBinary.set(owner.binary, owner)
  }

  /** The owner has records on one key less. */
  removeKey(owner: Owner): void {
    owner.keys -= 1
    if (owner.keys === 0) this.#byBinary.delete(owner.binary)
  }
}
