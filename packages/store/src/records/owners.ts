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
  /** On how many keys it has records, deleted ones included. */
  keyStates: number
  /** On how many keys with a value. */
  keys: number
}

/** The owners of the records that a store keeps; those who have none are forgotten. */
export class Owners {
  readonly #byBinary = new Map<BinaryString, Owner>()
  readonly #idOf: (owner: Uint8Array) => string
  readonly #networkId: Uint8Array
  /** The one with most keys; undefined: it is to be found again. */
  #most: Owner | undefined

  constructor({ idOf, networkId }: Pick<StoreSettings, 'idOf' | 'networkId'>) {
    this.#idOf = idOf
    this.#networkId = networkId
  }

  /** The owner with this public key; a new one is remembered once it has records. */
  find(publicKey: Uint8Array): Owner {
    const binary = binaryFromBytes(publicKey)
    const known = this.#byBinary.get(binary)
    if (known !== undefined) return known
    const bytes = publicKey.slice()
    return { bytes, binary, id: this.#idOf(bytes), networkId: this.#networkId, keyStates: 0, keys: 0 }
  }

  /** The owner has records on one more key, which has a value or not. */
  addKeyState(owner: Owner, isPresent: boolean): void {
    owner.keyStates += 1
    if (owner.keyStates === 1) this.#byBinary.set(owner.binary, owner)
    if (!isPresent) return
    owner.keys += 1
    if (this.#most && owner.keys > this.#most.keys) this.#most = owner
  }

  /** The owner has records on one key less. */
  removeKeyState(owner: Owner, isPresent: boolean): void {
    owner.keyStates -= 1
    if (owner.keyStates === 0) this.#byBinary.delete(owner.binary)
    if (!isPresent) return
    owner.keys -= 1
    if (owner === this.#most) this.#most = undefined
  }

  /** Whether no other owner has more keys. */
  hasMost(owner: Owner): boolean {
    this.#most ??= [...this.#byBinary.values()].reduce((most, other) => (other.keys > most.keys ? other : most), owner)
    return owner.keys >= this.#most.keys
  }
}
