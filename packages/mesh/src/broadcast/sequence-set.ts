/** Consecutive sequences. */
export interface Range {
  readonly first: number
  readonly last: number
}

interface HeldRange {
  first: number
  last: number
  /** When a repair last came that the gap below this range may be waiting behind, or the gap appeared; monotonic milliseconds. */
  gapSince: number
}

/** Most gaps of one source. Each takes about 60 bytes. */
export const gapsMax = 32

/** Which sequences of one source were received or given up: mostly one range, since they come in order. */
export class SequenceSet {
  #ranges: readonly HeldRange[] = []
  #grewAt = Number.NEGATIVE_INFINITY

  /** The highest sequence received; 0: none. */
  get highest(): number {
    return this.#ranges.at(-1)?.last ?? 0
  }

  /** The lowest sequence received or given up; 0: none. */
  get lowest(): number {
    return this.#ranges[0]?.first ?? 0
  }

  /** When something was received last, monotonic milliseconds. */
  get grewAt(): number {
    return this.#grewAt
  }

  /** How many gaps there are between the sequences received. */
  get gapCount(): number {
    return Math.max(0, this.#ranges.length - 1)
  }

  /** Whether all of them were received. */
  hasAll({ first, last }: Range): boolean {
    return this.#ranges.some((range) => range.first <= first && range.last >= last)
  }

  /** Whether some of them were received. */
  hasSome({ first, last }: Range): boolean {
    return this.#ranges.some((range) => range.first <= last && range.last >= first)
  }

  /** Notes sequences that came together. @returns whether they are new. If some of them were received before, nothing is noted */
  add({ first, last }: Range, now: number): boolean {
    const top = this.#ranges.at(-1)
    if (top && first === top.last + 1) {
      top.last = last
      this.#grewAt = now
      return true
    }
    if (this.hasSome({ first, last })) return false
    this.#insert({ first, last }, now)
    this.#grewAt = now
    return true
  }

  /** Counts everything in the range as received that is below what was received. */
  forgo({ first, last }: Range, now: number): void {
    const below = Math.min(last, this.lowest - 1)
    if (below >= first) this.#insert({ first, last: below }, now)
  }

  /** What of a range was not received: at most `gapsMax` + 2 ranges, ascending. */
  missingIn({ first, last }: Range): Range[] {
    const missing: Range[] = []
    let next = first
    for (const range of this.#ranges) {
      if (range.last < next) continue
      if (range.first > last) break
      if (range.first > next) missing.push({ first: next, last: range.first - 1 })
      next = range.last + 1
    }
    if (next <= last) missing.push({ first: next, last })
    return missing
  }

  /**
   * Counts gaps as received that have waited since `before` or longer, and the lowest of more than `gapsMax`. To be called after `add`.
   * @returns the gaps, ascending
   */
  giveUp(before: number): Range[] {
    const gaps: Range[] = []
    const kept: HeldRange[] = []
    let excess = this.gapCount - gapsMax
    for (const range of this.#ranges) {
      const below = kept.at(-1)
      if (below && (excess > 0 || range.gapSince <= before)) {
        gaps.push({ first: below.last + 1, last: range.first - 1 })
        below.last = range.last
        excess -= 1
      } else kept.push(range)
    }
    if (gaps.length > 0) this.#ranges = kept
    return gaps
  }

  /** Puts a range in the place of all that it touches. */
  #insert({ first, last }: Range, now: number): void {
    const below = this.#ranges.filter((each) => each.last < first - 1)
    const above = this.#ranges.filter((each) => each.first > last + 1)
    const touched = this.#ranges.slice(below.length, this.#ranges.length - above.length)
    // What splits a gap leaves its lower part as old as it was.
    const gapSince = touched[0]?.gapSince ?? (below.length > 0 ? above[0]?.gapSince : undefined) ?? now
    // Neighbors send missing messages in ascending order, so that those for the gaps above may follow this one.
    for (const range of above) range.gapSince = now
    const joined = {
      first: Math.min(first, touched[0]?.first ?? first),
      last: Math.max(last, touched.at(-1)?.last ?? last),
      gapSince,
    }
    // Not by push(), which makes room for 16 more: nearly all sets have one range.
    this.#ranges = [...below, joined, ...above]
  }
}
