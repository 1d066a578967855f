import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { keyedIdBytes } from '@ts2p/protocol'
import { KeyedId, SymbolEncoder } from '@ts2p/reconciliation'
import type { WorkBudget } from '@ts2p/reconciliation'
import type { BinaryString } from '@ts2p/store'

/** How many steps of a budget it takes to hash an id. */
const hashSteps = 8

/** What a store held at one moment. */
export interface Contents {
  readonly ids: readonly BinaryString[]
  /** The key of each. */
  readonly keys: readonly BinaryString[]
}

/** The salt of one comparison, 16 bytes that neither side could choose: SHA-256 of both nonces, that of who opened it first. */
export function saltOf(opener: Uint8Array, answerer: Uint8Array): Uint8Array {
  return sha256(concatBytes(opener, answerer)).subarray(0, 16)
}

/** What is held here, by the ids that it has in one comparison. They are made in slices. */
export class SaltedContents {
  readonly keyed: KeyedId
  readonly encoder: SymbolEncoder
  readonly #contents: Contents
  readonly #words: Uint32Array
  #hashed = 0

  constructor(contents: Contents, salt: Uint8Array) {
    this.#contents = contents
    this.keyed = new KeyedId(salt)
    this.#words = new Uint32Array(contents.ids.length * 2)
    this.encoder = new SymbolEncoder(this.#words, this.keyed)
  }

  /** How many records there are. */
  get size(): number {
    return this.#contents.ids.length
  }

  /** Makes ids until all are there, or the budget is spent; returns whether they are. */
  hash(budget: WorkBudget): boolean {
    const { ids } = this.#contents
    for (; this.#hashed < ids.length; this.#hashed += 1) {
      if (budget.isSpent) return false
      budget.left -= hashSteps
      this.keyed.write(ids[this.#hashed] ?? '', this.#words, this.#hashed)
    }
    return true
  }

  /** The keys of the records at some places. */
  keysAt(positions: Uint32Array): Set<BinaryString> {
    return new Set(Array.from(positions, (position) => this.#contents.keys[position] ?? ''))
  }

  /** The keys of the records with some ids, 8 bytes each, big-endian; ids that there are not are passed over. */
  keysOf(ids: Uint8Array): Set<BinaryString> {
    const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength)
    const wanted = new Set<number>()
    for (let at = 0; at < ids.length; at += keyedIdBytes) wanted.add(nameOf(view.getUint32(at), view.getUint32(at + 4)))
    const keys = new Set<BinaryString>()
    for (const [position, key] of this.#contents.keys.entries()) {
      const name = nameOf(this.#words[position * 2] ?? 0, this.#words[position * 2 + 1] ?? 0)
      if (wanted.has(name)) keys.add(key)
    }
    return keys
  }
}

/** 53 bits of an id, which a number holds: should two ever be the same, a record is sent that is there already. */
function nameOf(high: number, low: number): number {
  return (high & 0x1fffff) * 2 ** 32 + low
}
