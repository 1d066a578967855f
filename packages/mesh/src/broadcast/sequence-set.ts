/** Consecutive sequences. */
export interface Range {
  readonly first: number
  readonly last: number
}

interface HeldRange<L> {
  first: number
  last: number
  /** The link that began it. */
  readonly by: L | undefined
  /** When it last grew, monotonic milliseconds. */
  grewAt: number
}

/** Ranges apart from the others that one link may begin: a stranger can name any sequence. */
const rangesPerLinkMax = 8
/** A gap that nobody can fill any more is closed, and a range that nothing follows is forgotten, after so many milliseconds. */
const settledMs = 120_000

/**
 * Which sequences of one origin were received: mostly one range, since they come in order. A range far above, which a
 * liar may send in the origin's name, stands beside it and does not keep out what comes below.
 */
export class SequenceSet<L> {
  #ranges: readonly HeldRange<L>[] = []

  /** The highest sequence received; 0: none. */
  get highest(): number {
    return this.#ranges.at(-1)?.last ?? 0
  }

  /** When something was received last, monotonic milliseconds. */
  get grewAt(): number {
    return this.#ranges.reduce((latest, { grewAt }) => Math.max(latest, grewAt), Number.NEGATIVE_INFINITY)
  }

  /** How many ranges there are. */
  get rangeCount(): number {
    return this.#ranges.length
  }

  /** Whether all of them were received. */
  hasAll({ first, last }: Range): boolean {
    return this.#ranges.some((range) => range.first <= first && range.last >= last)
  }

  /** Whether some of them were received. */
  hasSome({ first, last }: Range): boolean {
    return this.#ranges.some((range) => range.first <= last && range.last >= first)
  }

  /**
   * Notes sequences that came together, by a link (undefined: this node's own).
   * @returns 'known': some of them were received before; 'refused': the link has begun too many ranges. Then nothing is noted
   */
  add({ first, last }: Range, by: L | undefined, now: number): 'new' | 'known' | 'refused' {
    const top = this.#ranges.at(-1)
    if (top && first === top.last + 1) {
      top.last = last
      top.grewAt = now
      if (this.#ranges.length > 1) this.#settle(now)
      return 'new'
    }
    if (this.#ranges.some((range) => range.first <= last && range.last >= first)) return 'known'
    const below = this.#ranges.find((range) => range.last + 1 === first)
    const above = this.#ranges.find((range) => range.first === last + 1)
    if (!below && !above && this.#ranges.filter((range) => range.by === by).length >= rangesPerLinkMax) return 'refused'
    this.#insert({ first, last, by: (below ?? above)?.by ?? by, grewAt: now })
    if (this.#ranges.length > 1) this.#settle(now)
    return 'new'
  }

  /** Counts everything in the range as received. */
  forgo(range: Range, now: number): void {
    if (range.last >= range.first) this.#insert({ ...range, by: undefined, grewAt: now })
  }

  /** What of a range was not received. */
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

  /** Puts a range in the place of all that it touches. */
  #insert(range: HeldRange<L>): void {
    const touched = this.#ranges.filter((each) => each.first <= range.last + 1 && each.last >= range.first - 1)
    const first = Math.min(range.first, ...touched.map((each) => each.first))
    const last = Math.max(range.last, ...touched.map((each) => each.last))
    const rest = this.#ranges.filter((each) => !touched.includes(each))
    // Not by push(), which makes room for 16 more: nearly all sets have one range.
    this.#ranges = [...rest, { ...range, first, last }].toSorted((a, b) => a.first - b.first)
  }

  /** The range that grew last is what the origin sends: what is long settled below it is joined to it, and above it forgotten. */
  #settle(now: number): void {
    const latest = this.#ranges.reduce((a, b) => (b.grewAt >= a.grewAt ? b : a))
    const settled = this.#ranges.filter(({ grewAt }) => now - grewAt > settledMs)
    if (settled.length === 0) return
    for (const range of settled) latest.first = Math.min(latest.first, range.first)
    const rest = this.#ranges.filter((each) => each !== latest && !settled.includes(each))
    this.#ranges = [
      ...rest.filter((each) => each.last < latest.first),
      latest,
      ...rest.filter((each) => each.first > latest.last),
    ]
  }
}
