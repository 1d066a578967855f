/** The most coded symbols of one reconciliation: 8 MiB of them. Enough for some 380,000 differences. */
export const codedSymbolsMax: number = 2 ** 19

/** Words of a coded symbol: the higher and the lower half of the ids, the checks, and how many they are. */
export const symbolWords = 4

/**
 * Coded symbols 0, 1, 2 … of a set, or of the difference of two (Yang, Gilad, Alizadeh: "Practical Rateless Set Reconciliation",
 * SIGCOMM 2024). Each has the exclusive or of the ids that map to it, the sum of their checks modulo 2^32, and their
 * number. The four are side by side, so that a change touches one line of the cache.
 */
export class CodedSymbols {
  /** `symbolWords` integers each. What is past `length` has no meaning. */
  words: Int32Array = new Int32Array(0)
  length = 0

  /** Makes room for so many, and appends empty ones up to there. */
  extend(length: number): void {
    const needed = length * symbolWords
    if (needed > this.words.length) {
      const words = new Int32Array(Math.max(needed, Math.min(this.words.length * 2, codedSymbolsMax * symbolWords)))
      words.set(this.words)
      this.words = words
    }
    if (length > this.length) this.length = length
  }

  /** A copy of some of them, from `start` up to, not including, `end`. */
  slice(start: number, end: number): CodedSymbols {
    const copy = new CodedSymbols()
    copy.words = this.words.slice(start * symbolWords, end * symbolWords)
    copy.length = end - start
    return copy
  }

  /** Appends all symbols of another. */
  append(other: CodedSymbols): void {
    const start = this.length * symbolWords
    this.extend(this.length + other.length)
    this.words.set(other.words.subarray(0, other.length * symbolWords), start)
  }

  /** Takes from symbols `start` to `end` those of the same index of another. */
  subtract(other: CodedSymbols, start: number, end: number): void {
    const { words } = this
    for (let at = start * symbolWords; at < end * symbolWords; at += symbolWords) {
      words[at] = (words[at] ?? 0) ^ (other.words[at] ?? 0)
      words[at + 1] = (words[at + 1] ?? 0) ^ (other.words[at + 1] ?? 0)
      words[at + 2] = (words[at + 2] ?? 0) - (other.words[at + 2] ?? 0)
      words[at + 3] = (words[at + 3] ?? 0) - (other.words[at + 3] ?? 0)
    }
  }

  high(index: number): number {
    return this.words[index * symbolWords] ?? 0
  }

  low(index: number): number {
    return this.words[index * symbolWords + 1] ?? 0
  }

  check(index: number): number {
    return this.words[index * symbolWords + 2] ?? 0
  }

  count(index: number): number {
    return this.words[index * symbolWords + 3] ?? 0
  }

  /** Nothing is left in it, or everything cancels out. */
  isEmpty(index: number): boolean {
    return (this.high(index) | this.low(index) | this.check(index) | this.count(index)) === 0
  }
}

/** How many of `setSize` ids a symbol has on average, rounded down: an id maps to symbol `index` with chance 1/(1 + index/2). */
export function expectedCount(setSize: number, index: number): number {
  return Math.floor((2 * setSize) / (index + 2))
}
