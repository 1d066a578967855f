import type { SourceSymbols } from './source-symbols.ts'

/** The most slots that a search visits. Ids that are as good as random need a few; only ids that were made to collide need more. */
const probesMax = 128

/**
 * Finds ids among source symbols: a hash table with linear probing, at most a quarter full.
 *
 * @see https://en.wikipedia.org/wiki/Linear_probing
 */
export class IdIndex {
  readonly #sources: SourceSymbols
  /** Positions, plus one. 0 in an empty slot. */
  #slots = new Int32Array(64)
  #length = 0

  constructor(sources: SourceSymbols) {
    this.#sources = sources
  }

  /** Adds the next source symbol. Returns false if its id was added before, or if the ids were made to collide. */
  add(): boolean {
    if ((this.#length + 1) * 4 > this.#slots.length && !this.#grow()) return false
    return this.#insert(this.#length++)
  }

  /** Returns the position of an id, or -1. */
  find(high: number, low: number): number {
    const slot = this.#slotOf(high, low)
    return slot < 0 ? -1 : (this.#slots[slot] ?? 0) - 1
  }

  #insert(position: number): boolean {
    const slot = this.#slotOf(this.#sources.high(position), this.#sources.low(position))
    if (slot < 0 || this.#slots[slot] !== 0) return false
    this.#slots[slot] = position + 1
    return true
  }

  /** Returns the slot that holds an id or would hold it; -1 if there is none within `probesMax` slots. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length - 1
    let slot = (high ^ low) & mask
    for (let probe = 0; probe < probesMax; probe += 1) {
      const position = (this.#slots[slot] ?? 0) - 1
      if (position < 0) return slot
      if (this.#sources.high(position) === high && this.#sources.low(position) === low) return slot
      slot = (slot + 1) & mask
    }
    return -1
  }

  #grow(): boolean {
    this.#slots = new Int32Array(this.#slots.length * 4)
    for (let position = 0; position < this.#length; position += 1) if (!this.#insert(position)) return false
    return true
  }
}
