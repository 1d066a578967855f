import { type CodedSymbols, symbolWords } from './coded-symbols.ts'
import type { KeyedId } from './keyed-id.ts'
import type { PureSymbols } from './pure-symbols.ts'
import type { WorkBudget } from './work-budget.ts'

/** Words of a source symbol: its id, the state of its random numbers, the next symbol that it maps to, its check, its sign. */
const sourceWords = 8
const firstCapacity = 16

/** An index beyond all: this id maps to no further symbol. */
const never = 0x7fffffff

/**
 * Ids, each with the coded symbols that it maps to: number 0, then ever rarer ones, so that symbol `i` has it with chance
 * 1/(1 + i/2), as in section 4 of the paper.
 *
 * An id in symbol `i` is in none of those after it up to `m` with chance `(i+1)(i+2) / ((m+1)(m+2))`, the product of what each
 * leaves out. So the next one is found at once, by inverting that: it is the least `m` for which this is below u, which is
 * `floor(√((i+1)(i+2)/u + 1/4) - 1/2)`. (The paper has an approximation, for any density.) u, uniform in (0, 1], is `(r+1) / 2^32`,
 * r being the next output of xoroshiro64* (Blackman and Vigna) with the id as its state. Only operations that IEEE 754 rounds
 * exactly are used, so every engine agrees.
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

  get length(): number {
    return this.#length
  }

  high(position: number): number {
    return this.#words[position * sourceWords] ?? 0
  }

  low(position: number): number {
    return this.#words[position * sourceWords + 1] ?? 0
  }

  /** 1 for what is added, -1 for what is taken out. */
  sign(position: number): number {
    return this.#words[position * sourceWords + 6] ?? 0
  }

  /** Appends an id, to be added to coded symbols or taken out. */
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

  /** Makes room for so many. */
  reserve(length: number): void {
    if (length * sourceWords <= this.#words.length) return
    const words = new Int32Array(length * sourceWords)
    words.set(this.#words)
    this.#words = words
  }

  /**
   * Adds these to the coded symbols before `upTo` that do not have them yet. Returns whether that is done; if not, the
   * budget is spent, and the next call goes on.
   * @param pure - Is told of every change.
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

  /** Adds one to the symbols before `upTo`, and tells to how many. By itself, so that engines compile it soon and once. */
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
      if (pure) pure.note(index, count)
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
