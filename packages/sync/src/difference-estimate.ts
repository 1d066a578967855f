import { type CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'

/** Symbols that differences need, each, and some to spare: with few of them it varies more. */
const symbolsPerDifference = 1.36
const symbolsToSpare = 12

/** A guess is good with a standard deviation of less than this part of it. */
const deviationGood = 0.1
/** How many differences too many a guess that is not good may be made. */
const differencesAtRisk = 200

const octaves = 20
/** How often a guess and the weights that follow from it are made better by each other. */
const iterations = 4

/**
 * How many ids two sets do not share, guessed from the difference of their first coded symbols.
 *
 * Symbol 0 tells exactly how many more one has, `e`. Symbol `i` has each id with chance `p = 1/(1 + i/2)`, so its count has the
 * expectation `p·e` and the variance `d·p(1 - p)`, d being what is sought. Each symbol thus gives a guess of d, with a variance of
 * about `2d² + d/p`; they are averaged with the inverse of that as weight. Guesses are kept summed up by octave of the index, in
 * which p is about the same, because the weights depend on d.
 */
export class DifferenceEstimate {
  #excess = 0
  readonly #guesses = new Float64Array(octaves)
  readonly #symbols = new Float64Array(octaves)
  #differences = 0
  #deviation = 0

  /** The number of differences, 0 as long as nothing is known. */
  get differences(): number {
    return Math.round(this.#differences)
  }

  /** The standard deviation of that number. */
  get deviation(): number {
    return this.#deviation
  }

  /**
   * How many symbols to have before trying again: so many that they almost certainly do, since a round trip costs more than
   * a few symbols. But if many are needed and how many is not well known, rather too few; the next guess will then be good.
   */
  get symbols(): number {
    const isGood = this.#deviation < this.#differences * deviationGood
    const margin = isGood ? 2 * this.#deviation : Math.min(2 * this.#deviation, differencesAtRisk - this.#deviation)
    return Math.ceil((this.#differences + margin) * symbolsPerDifference) + symbolsToSpare
  }

  /** Counts in symbols `start` up to, not including, `end`, before anything was taken from them. */
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
