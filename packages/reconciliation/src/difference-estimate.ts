import { type CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'

/** The symbols that a difference needs on average, and a reserve: the number varies more when the differences are few. */
const symbolsPerDifference = 1.36
const symbolsReserve = 12

/** An estimate is good if its standard deviation is below this fraction of it. */
const deviationGood = 0.1
/** An estimate that is not good is raised by at most this number of differences, less its standard deviation. */
const differencesAtRisk = 200

const octaves = 20
/** The estimate and the weights depend on each other: this many times each is computed from the other. */
const iterations = 4

/**
 * Estimates how many ids two sets do not share, from the difference of their first coded symbols.
 *
 * The count of symbol 0 is exactly the difference `e` of the sizes. Symbol `i` holds each id with probability `p = 1/(1 + i/2)`. So its
 * count has the expectation `p·e` and the variance `d·p(1 - p)`, where `d` is the number of differences. Each symbol therefore gives
 * a guess of `d` with a variance of about `2d² + d/p`. The estimate is the average of the guesses, weighted by the inverse of their
 * variance. The weights depend on `d`, so guesses are stored as sums for each octave of the index, in which `p` is about the same.
 */
export class DifferenceEstimate {
  #excess = 0
  readonly #guesses = new Float64Array(octaves)
  readonly #symbols = new Float64Array(octaves)
  #differences = 0
  #deviation = 0

  /** The estimated number of differences. 0 before any symbol was added. */
  get differences(): number {
    return Math.round(this.#differences)
  }

  /** The standard deviation of that estimate. */
  get deviation(): number {
    return this.#deviation
  }

  /**
   * The number of symbols to have before the next attempt. They are almost certainly enough, because a round trip costs more than a few
   * symbols. If the estimate is large and not good, they are rather too few; the next estimate will then be good.
   */
  get symbols(): number {
    const isGood = this.#deviation < this.#differences * deviationGood
    const margin = isGood ? 2 * this.#deviation : Math.min(2 * this.#deviation, differencesAtRisk - this.#deviation)
    return Math.ceil((this.#differences + margin) * symbolsPerDifference) + symbolsReserve
  }

  /** Takes symbols `start` up to, not including, `end` into account. No id may have been peeled from them. */
  add(difference: CodedSymbols, start: number, end: number): void {
    if (start === 0 && end > 0) this.#excess = difference.count(0)
    for (let index = Math.max(start, 1); index < end; index += 1) {
      const chance = 2 / (index + 2)
      const deviation = difference.count(index) - chance * this.#excess
      const octave = 31 - Math.clz32(index)
      this.#guesses[octave] = (this.#guesses[octave] ?? 0) + (deviation * deviation) / (chance * (1 - chance))
      this.#symbols[octave] = (this.#symbols[octave] ?? 0) + 1
    }
    for (let iteration = 0; iteration < iterations; iteration += 1) this.#improve()
  }

  #improve(): void {
    const before = Math.max(this.#differences, 1)
    let [weighted, weights] = [0, 0]
    for (let octave = 0; octave < octaves; octave += 1) {
      const chance = 2 / (1.5 * 2 ** octave + 2)
      const weight = 1 / (2 * before * before + before / chance)
      weighted += weight * (this.#guesses[octave] ?? 0)
      weights += weight * (this.#symbols[octave] ?? 0)
    }
    const guess = weights === 0 ? 0 : weighted / weights
    this.#differences = Math.min(Math.max(Math.abs(this.#excess), guess), codedSymbolsMax)
    this.#deviation = weights === 0 ? 0 : Math.sqrt(1 / weights)
  }
}
