/** The most coded symbols of one reconciliation: 8 MiB of memory, enough for about 380,000 differences. */
export const codedSymbolsMax: number = 2 ** 19

/** 32-bit words of a coded symbol: the higher and the lower half of the ids, the checks, and the count. */
export const symbolWords = 4

/**
 * Coded symbols 0, 1, 2 … of a set, or of the difference of two sets. Each holds the exclusive or of the ids that map to it, the
 * sum of their checks modulo 2^32, and their count. The four words are adjacent, so that a change touches one cache line.
 *
 * @see Yang, Gilad, Alizadeh: "Practical Rateless Set Reconciliation", SIGCOMM 2024
 */
export class CodedSymbols {
  /** Four integers for each symbol: high, low, check, count. Words past `length` symbols have no meaning. */
  words: Int32Array = new Int32Array(0)
  /** The number of symbols. */
  length = 0

  /** Appends empty symbols until there are `length`. Does nothing if there are as many. */
  extend(length: number): void {
    const needed = length * symbolWords
    if (needed > this.words.length) {
      const words = new Int32Array(Math.max(needed, Math.min(this.words.length * 2, codedSymbolsMax * symbolWords)))
      words.set(this.words)
      this.words = words
    }
    if (length > this.length) this.length = length
  }

  /** Copies symbols `start` up to, not including, `end`. */
  slice(start: number, end: number): CodedSymbols {
    const copy = new CodedSymbols()
    copy.words = this.words.slice(start * symbolWords, end * symbolWords)
    copy.length = end - start
    return copy
  }

  /** Appends all symbols of `other`. */
  append(other: CodedSymbols): void {
    const start = this.length * symbolWords
    this.extend(this.length + other.length)
    this.words.set(other.words.subarray(0, other.length * symbolWords), start)
  }

  /** Subtracts from symbols `start` up to, not including, `end` the symbols of `other` with the same indexes. */
  subtract(other: CodedSymbols, start: number, end: number): void {
    const { words } = this
    for (let at = start * symbolWords; at < end * symbolWords; at += symbolWords) {
      words[at] = (words[at] ?? 0) ^ (other.words[at] ?? 0)
      words[at + 1] = (words[at + 1] ?? 0) ^ (other.words[at + 1] ?? 0)
      words[at + 2] = (words[at + 2] ?? 0) - (other.words[at + 2] ?? 0)
      words[at + 3] = (words[at + 3] ?? 0) - (other.words[at + 3] ?? 0)
    }
  }

  /** The higher half of the exclusive or of the ids, as a signed integer. */
  high(index: number): number {
    return this.words[index * symbolWords] ?? 0
  }

  /** The lower half of the exclusive or of the ids, as a signed integer. */
  low(index: number): number {
    return this.words[index * symbolWords + 1] ?? 0
  }

  /** The sum of the checks, as a signed integer. */
  check(index: number): number {
    return this.words[index * symbolWords + 2] ?? 0
  }

  /** The number of ids. In a difference: those of one set, less those of the other. */
  count(index: number): number {
    return this.words[index * symbolWords + 3] ?? 0
  }

  /** Whether all four words are 0: the symbol holds no id, or its ids cancel out. */
  isEmpty(index: number): boolean {
    return (this.high(index) | this.low(index) | this.check(index) | this.count(index)) === 0
  }
}

/** The average count of symbol `index` of `setSize` ids, rounded down. An id maps to it with probability 1/(1 + index/2). */
export function expectedCount(setSize: number, index: number): number {
  return Math.floor((2 * setSize) / (index + 2))
}
