import type { BinaryString } from '../values/binary-string.ts'

/** A prime, and how far a secret base reaches: their product is a safe integer. */
const [prime, baseMax] = [2_147_483_647, 2 ** 21]
const [free, removed] = [0, 0xffff_ffff]
/** Share of the places that are taken at most, removed ones included. */
const loadMax = 0.7

/**
 * Finds entries by their keys, which it does not keep: open addressing. The hash is a polynomial in a secret base modulo a prime (Carter and
 * Wegman, Universal classes of hash functions, 1979), so that nobody can choose keys that meet at one place.
 */
export class KeyHashTable {
  readonly #drawSeed: () => number
  #base: number | undefined
  readonly #keyOf: (entry: number) => BinaryString
  readonly #isKey: (entry: number, key: BinaryString) => boolean
  /** The number of an entry plus 1. */
  #places = new Uint32Array(16)
  #taken = 0
  #size = 0

  /** @param options.drawSeed a whole number that nobody else knows @param options.isKey whether an entry has a key */
  constructor(options: {
    drawSeed: () => number
    keyOf: (entry: number) => BinaryString
    isKey: (entry: number, key: BinaryString) => boolean
  }) {
    this.#drawSeed = options.drawSeed
    this.#keyOf = options.keyOf
    this.#isKey = options.isKey
  }

  get size(): number {
    return this.#size
  }

  /** The number of the entry that has a key. */
  find(key: BinaryString): number | undefined {
    const place = this.#placeOf(key)
    return place === undefined ? undefined : (this.#places[place] ?? 0) - 1
  }

  /** Adds an entry whose key is not there yet. */
  add(key: BinaryString, entry: number): void {
    if (this.#taken + 1 > this.#places.length * loadMax) this.#grow()
    this.#put(key, entry)
    this.#size += 1
  }

  /** @returns the number of the entry that had the key */
  delete(key: BinaryString): number | undefined {
    const place = this.#placeOf(key)
    if (place === undefined) return undefined
    const entry = (this.#places[place] ?? 0) - 1
    this.#places[place] = removed
    this.#size -= 1
    return entry
  }

  #placeOf(key: BinaryString): number | undefined {
    if (this.#size === 0) return undefined
    for (let place = this.#start(key); ; place = (place + 1) % this.#places.length) {
      const found = this.#places[place] ?? free
      if (found === free) return undefined
      if (found !== removed && this.#isKey(found - 1, key)) return place
    }
  }

  #put(key: BinaryString, entry: number): void {
    let place = this.#start(key)
    while (this.#places[place] !== free) place = (place + 1) % this.#places.length
    this.#places[place] = entry + 1
    this.#taken += 1
  }

  #grow(): void {
    const before = this.#places
    // Half of the places are free then, or more.
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.#size + 16)))
    this.#taken = 0
    for (const place of before) if (place !== free && place !== removed) this.#put(this.#keyOf(place - 1), place - 1)
  }

  #start(key: BinaryString): number {
    const base = (this.#base ??= 257 + (this.#drawSeed() % (baseMax - 257)))
    let hash = key.length
    for (let index = 0; index < key.length; index += 1) hash = (hash * base + key.charCodeAt(index)) % prime
    return hash % this.#places.length
  }
}
