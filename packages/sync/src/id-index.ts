import type { SourceSymbols } from './source-symbols.ts'

/** Ids that hash well are found within a few places; only ids that were made for it need more. */
const probesMax = 128

/** Finds ids among source symbols. Open addressing, at most a quarter full: https://en.wikipedia.org/wiki/Linear_probing */
export class IdIndex {
  readonly #sources: SourceSymbols
  /** Positions, plus one; 0 where there is none. */
  #slots = new Int32Array(64)
  #length = 0

  constructor(sources: SourceSymbols) {
    this.#sources = sources
  }

  /** Adds the next source symbol. False: its id is in already, or the ids were made to collide. */
  add(): boolean {
    if ((this.#length + 1) * 4 > this.#slots.length && !this.#grow()) return false
    return this.#insert(this.#length++)
  }

  /** The position of an id, or -1. */
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

  /** Where an id is, or would be; -1 if there is no place. */
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
