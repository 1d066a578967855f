import { type CodedSymbols, symbolWords } from './coded-symbols.ts'
import type { KeyedId } from './keyed-id.ts'
import type { PureSymbols } from './pure-symbols.ts'
import type { WorkBudget } from './work-budget.ts'

/** Words of a source symbol: id (2), state of its random numbers (2), index of the next coded symbol, check, sign, one unused. */
const sourceWords = 8
const firstCapacity = 16

/** An index beyond all symbols: the id maps to no further one. */
const never = 0x7fffffff

/**
 * Ids, each with the sequence of coded symbols that it maps to. Every id maps to symbol 0, and to symbol `i` with probability
 * `1/(1 + i/2)`, as in section 4 of the paper.
 *
 * An id that maps to symbol `i` maps to none of the symbols `i+1` to `m` with probability `(i+1)(i+2) / ((m+1)(m+2))`: the product of
 * the probabilities that each of them is skipped. Inverting this gives the next index directly. It is the least `m` for which the
 * probability is below `u`, which is `floor(√((i+1)(i+2)/u + 1/4) - 1/2)`. (The paper has an approximation for other densities.)
 * `u`, uniform in (0, 1], is `(r+1) / 2^32`. `r` is the next output of xoroshiro64* (Blackman and Vigna), whose state begins as
 * the id. All operations are rounded exactly by IEEE 754, so every engine computes the same indexes.
 */
export class SourceSymbols {
  readonly #keyed: KeyedId
  #words = new Int32Array(firstCapacity * sourceWords)
  #length = 0
  #cursor = 0
  #upTo = 0

  constructor(keyed: KeyedId) {
    this.#keyed = keyed
  }

  /** The number of ids. */
  get length(): number {
    return this.#length
  }

  /** The higher half of the id at `position`, as a signed integer. */
  high(position: number): number {
    return this.#words[position * sourceWords] ?? 0
  }

  /** The lower half of the id at `position`, as a signed integer. */
  low(position: number): number {
    return this.#words[position * sourceWords + 1] ?? 0
  }

  /** 1 if the id is added to coded symbols, -1 if it is removed from them. */
  sign(position: number): number {
    return this.#words[position * sourceWords + 6] ?? 0
  }

  /** Appends an id that `addTo` adds to coded symbols (sign 1) or removes from them (sign -1). */
  push(high: number, low: number, sign: 1 | -1): void {
    const at = this.#length * sourceWords
    if (at === this.#words.length) this.reserve(this.#length * 2)
    const words = this.#words
    words[at] = high
    words[at + 1] = low
    words[at + 2] = high
    words[at + 3] = low
    words[at + 4] = 0
    words[at + 5] = Math.imul(sign, this.#keyed.check(high, low))
    words[at + 6] = sign
    this.#length += 1
  }

  /** Allocates memory for `length` ids. */
  reserve(length: number): void {
    if (length * sourceWords <= this.#words.length) return
    const words = new Int32Array(length * sourceWords)
    words.set(this.#words)
    this.#words = words
  }

  /**
   * Adds the ids to those coded symbols before `upTo` that do not hold them yet.
   *
   * @param pure - Gets every changed symbol that may hold a single id.
   * @returns Whether all are added. If not, the budget is spent, and the next call continues.
   */
  addTo(coded: CodedSymbols, upTo: number, budget: WorkBudget, pure?: PureSymbols): boolean {
    if (upTo !== this.#upTo) {
      this.#upTo = upTo
      this.#cursor = 0
    }
    for (; this.#cursor < this.#length; this.#cursor += 1) {
      if (budget.isSpent) return false
      budget.left -= 1 + this.#addOne(this.#cursor * sourceWords, coded.words, upTo, pure)
    }
    return true
  }

  /** Adds one id to the symbols before `upTo`. Returns the number of symbols. A function of its own, so that engines compile it early. */
  #addOne(at: number, words: Int32Array, upTo: number, pure: PureSymbols | undefined): number {
    const sources = this.#words
    let index = sources[at + 4] ?? 0
    if (index >= upTo) return 0
    const high = sources[at] ?? 0
    const low = sources[at + 1] ?? 0
    const check = sources[at + 5] ?? 0
    const sign = sources[at + 6] ?? 0
    let state0 = sources[at + 2] ?? 0
    let state1 = sources[at + 3] ?? 0
    let updates = 0
    do {
      const to = index * symbolWords
      const count = (words[to + 3] ?? 0) + sign
      words[to] = (words[to] ?? 0) ^ high
      words[to + 1] = (words[to + 1] ?? 0) ^ low
      words[to + 2] = (words[to + 2] ?? 0) + check
      words[to + 3] = count
      if (pure) pure.enqueueIfPure(index, count)
      const random = Math.imul(state0, 0x9e3779bb) >>> 0
      state1 ^= state0
      state0 = ((state0 << 26) | (state0 >>> 6)) ^ state1 ^ (state1 << 9)
      state1 = (state1 << 13) | (state1 >>> 19)
      index = Math.floor(Math.sqrt(((index + 1) * (index + 2) * 2 ** 32) / (random + 1) + 0.25) - 0.5)
      updates += 1
    } while (index < upTo)
    sources[at + 2] = state0
    sources[at + 3] = state1
    sources[at + 4] = Math.min(index, never)
    return updates
  }
}
