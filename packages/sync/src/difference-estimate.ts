import { type CodedSymbols, codedSymbolsMax } from './coded-symbols.ts'

/** Symbols that a set of differences needs per difference, and some to spare; for few differences it varies more. */
const symbolsPerDifference = 1.4
const symbolsToSpare = 12

/**
 * How many ids two sets do not share, guessed from the difference of their first coded symbols.
 *
 * Symbol 0 tells exactly how many more one has, `e`. Symbol `i` has each id with chance `p = 1/(1 + i/2)`, so its count has the
 * expectation `p·e` and the variance `d·p(1 - p)`, d being what is sought. Each symbol thus gives a guess of d, with a variance of
 * about `2d² + d/p`; they are averaged with the inverse of that as weights, by what was guessed of d before.
 */
export class DifferenceEstimate {
  #excess = 0
  #weighted = 0
  #weights = 0

  /** The number of differences, 0 as long as nothing is known. */
  get differences(): number {
    const guess = this.#weights === 0 ? 0 : Math.round(this.#weighted / this.#weights)
    return Math.max(Math.abs(this.#excess), guess)
  }

  /** How many symbols will probably do. At most `codedSymbolsMax`. */
  get symbols(): number {
    return Math.min(Math.ceil(this.differences * symbolsPerDifference) + symbolsToSpare, codedSymbolsMax)
  }

  /** Counts in symbols `start` up to, not including, `end`, before anything was taken from them. */
  add(difference: CodedSymbols, start: number, end: number): void {
    if (start === 0 && end > 0) this.#excess = difference.count(0)
    const before = Math.max(this.differences, 1)
    for (let index = Math.max(start, 1); index < end; index += 1) {
      const chance = 2 / (index + 2)
      const deviation = difference.count(index) - chance * this.#excess
      const weight = chance / (2 * before * chance + 1)
      this.#weighted += (weight * deviation * deviation) / (chance * (1 - chance))
      this.#weights += weight
    }
  }
}
