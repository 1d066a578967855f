import type { BinaryString } from '../values/binary-string.ts'

/** Keys by the second in which they are to be looked at. A key may be noted for several. */
export class DueKeys {
  readonly #due = new Map<number, Set<BinaryString>>()
  #next = Number.POSITIVE_INFINITY

  /** The second of the next look; infinite: nothing is noted. */
  get next(): number {
    return this.#next
  }

  add(key: BinaryString, second: number): void {
    const keys = this.#due.get(second)
    if (keys) keys.add(key)
    else this.#due.set(second, new Set([key]))
    this.#next = Math.min(this.#next, second)
  }

  clear(): void {
    this.#due.clear()
    this.#next = Number.POSITIVE_INFINITY
  }

  /** The keys that are noted for seconds up to this one. */
  *noted(second: number): Generator<BinaryString, void, undefined> {
    if (this.#next > second) return
    for (const [due, keys] of this.#due) if (due <= second) yield* keys
  }

  /** Takes the keys that are due in a second, earliest first. What is noted meanwhile for a second up to it is taken, too. */
  *take(second: number): Generator<readonly [key: BinaryString, due: number], void, undefined> {
    while (this.#next <= second) {
      const due = this.#next
      const keys = this.#due.get(due) ?? []
      this.#due.delete(due)
      // There are at most as many as the longest lease has seconds.
      this.#next = Math.min(...this.#due.keys(), Number.POSITIVE_INFINITY)
      for (const key of keys) yield [key, due]
    }
  }
}
