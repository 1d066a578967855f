import { CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'
import type { KeyedId } from './keyed-id.ts'
import { SourceSymbols } from './source-symbols.ts'
import type { WorkBudget } from './work-budget.ts'

const firstBlock = 64

/** Makes the coded symbols of a set, as many as are wanted, in slices. Each is made once and kept. */
export class SymbolEncoder {
  readonly #ids: Uint32Array
  readonly #sources: SourceSymbols
  readonly #coded = new CodedSymbols()
  /** Symbols that every id has been added to. */
  #ready = 0

  /**
   * @param ids - The ids of the set as `KeyedId` writes them, each once. They are not copied, and must not change.
   * @param keyed - The same that made the ids.
   */
  constructor(ids: Uint32Array, keyed: KeyedId) {
    this.#ids = ids
    this.#sources = new SourceSymbols(keyed)
  }

  /** How many ids the set has. */
  get setSize(): number {
    return this.#ids.length >>> 1
  }

  /** How many symbols are ready. */
  get length(): number {
    return this.#ready
  }

  /**
   * Works on the symbols before `upTo` until they are ready or the budget is spent; returns whether they are. Behind them more are
   * made, so that who asks for few at a time costs no more than who asks for all at once.
   * @throws {RangeError} More than `codedSymbolsMax` are wanted.
   */
  prepare(upTo: number, budget: WorkBudget): boolean {
    if (upTo > codedSymbolsMax) {
      throw new RangeError(`${upTo} symbols wanted, ${codedSymbolsMax} allowed. Send the records instead.`)
    }
    if (!this.#readIds(budget)) return false
    while (this.#ready < upTo) {
      const block = Math.min(Math.max(firstBlock, this.#ready * 2), codedSymbolsMax)
      this.#coded.extend(Math.max(upTo, block))
      if (!this.#sources.addTo(this.#coded, this.#coded.length, budget)) return false
      this.#ready = this.#coded.length
    }
    return true
  }

  /**
   * A copy of symbols `start` up to, not including, `end`.
   * @throws {RangeError} Some of them are not ready.
   */
  symbols(start: number, end: number): CodedSymbols {
    if (end > this.#ready)
      throw new RangeError(`Symbol ${end - 1} is not ready. Call prepare(${end}, …) until it returns true.`)
    return this.#coded.slice(start, end)
  }

  /** Takes the symbols of this set from those of the same indexes in `coded`; they must be ready. */
  subtractFrom(coded: CodedSymbols, start: number, end: number): void {
    coded.subtract(this.#coded, start, end)
  }

  /** The higher half of an id, as a signed integer. */
  high(position: number): number {
    return (this.#ids[position * 2] ?? 0) | 0
  }

  /** The lower half of an id, as a signed integer. */
  low(position: number): number {
    return (this.#ids[position * 2 + 1] ?? 0) | 0
  }

  #readIds(budget: WorkBudget): boolean {
    const { setSize } = this
    this.#sources.reserve(setSize)
    while (this.#sources.length < setSize) {
      if (budget.isSpent) return false
      budget.left -= 1
      const position = this.#sources.length
      this.#sources.push(this.high(position), this.low(position), 1)
    }
    return true
  }
}
