/** Objects by numbers, each as often as it is in use. A number that is free is given out again. */
export class InternTable<T> {
  readonly #numbers = new Map<T, number>()
  /** Undefined where a number is free, so that its object is not held. */
  readonly #items: ({ readonly item: T; uses: number } | undefined)[] = []
  readonly #free: number[] = []

  /** How many numbers were given out at most. */
  get size(): number {
    return this.#items.length
  }

  /** One more use of an object. @returns its number */
  add(item: T): number {
    const known = this.#numbers.get(item)
    if (known !== undefined) {
      this.#entryAt(known).uses += 1
      return known
    }
    const number = this.#free.pop() ?? this.#items.length
    this.#items[number] = { item, uses: 1 }
    this.#numbers.set(item, number)
    return number
  }

  /** All objects that are in use. Those that are added meanwhile come as well. */
  items(): IterableIterator<T> {
    return this.#numbers.keys()
  }

  /** The number of an object that is in use. */
  numberOf(item: T): number | undefined {
    return this.#numbers.get(item)
  }

  at(number: number): T {
    return this.#entryAt(number).item
  }

  /** One use less. */
  release(number: number): void {
    const entry = this.#entryAt(number)
    entry.uses -= 1
    if (entry.uses > 0) return
    this.#numbers.delete(entry.item)
    this.#items[number] = undefined
    this.#free.push(number)
  }

  #entryAt(number: number): { readonly item: T; uses: number } {
    const entry = this.#items[number]
    if (!entry) throw new RangeError(`Nothing has the number ${number}.`)
    return entry
  }
}
