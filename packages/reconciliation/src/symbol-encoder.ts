import { CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'
import type { KeyedId } from './keyed-id.ts'
import { SourceSymbols } from './source-symbols.ts'
import type { WorkBudget } from './work-budget.ts'

const firstBlock = 64

/** Makes the coded symbols of a set, as many as are asked for, in slices of bounded work. It makes each symbol once and keeps it. */
export class SymbolEncoder {
  readonly #ids: Uint32Array
  readonly #sources: SourceSymbols
  readonly #coded = new CodedSymbols()
  /** Symbols before this index hold every id that maps to them. */
  #ready = 0

  /**
   * @param ids - The ids of the set as `keyed` writes them, each once. They are not copied. They may be written until the first
   * call of `prepare`, and must not change after it.
   * @param keyed - Made with the same salt as the ids.
   */
  constructor(ids: Uint32Array, keyed: KeyedId) {
    this.#ids = ids
    this.#sources = new SourceSymbols(keyed)
  }

  /** The number of ids in the set. */
  get setSize(): number {
    return this.#ids.length >>> 1
  }

  /** The number of symbols that are ready. */
  get length(): number {
    return this.#ready
  }

  /**
   * Works until the symbols before `upTo` are ready or the budget is spent. It makes further symbols in the same pass, so that many
   * small requests cost little more than one large request.
   *
   * @returns Whether the symbols before `upTo` are ready. If not, call it again with another budget.
   * @throws {RangeError} when `upTo` is more than `codedSymbolsMax`
   */
  prepare(upTo: number, budget: WorkBudget): boolean {
    if (upTo > codedSymbolsMax) {
      throw new RangeError(`${upTo} symbols requested, ${codedSymbolsMax} allowed. Send the whole set instead.`)
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
   * Copies symbols `start` up to, not including, `end`.
   *
   * @throws {RangeError} when some of them are not ready
   */
  symbols(start: number, end: number): CodedSymbols {
    if (end > this.#ready)
      throw new RangeError(`Symbol ${end - 1} is not ready. Call prepare(${end}, …) until it returns true.`)
    return this.#coded.slice(start, end)
  }

  /** Subtracts the symbols of this set from those in `coded` with the same indexes. They must be ready. */
  subtractFrom(coded: CodedSymbols, start: number, end: number): void {
    coded.subtract(this.#coded, start, end)
  }

  /** The higher half of the id at `position`, as a signed integer. */
  high(position: number): number {
    return (this.#ids[position * 2] ?? 0) | 0
  }

  /** The lower half of the id at `position`, as a signed integer. */
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
