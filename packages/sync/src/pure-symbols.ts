/** Symbols that may have one id only and are to be looked at; each is in here once, however often it changes. */
export class PureSymbols {
  #indexes = new Int32Array(64)
  #isIn = new Uint8Array(64)
  #length = 0

  /** A symbol has changed. It is a candidate if it has one id more of one side than of the other. */
  note(index: number, count: number): void {
    if (count !== 1 && count !== -1) return
    if (index >= this.#isIn.length) this.#grow(index)
    if (this.#isIn[index] === 1) return
    this.#isIn[index] = 1
    this.#indexes[this.#length] = index
    this.#length += 1
  }

  pop(): number | undefined {
    if (this.#length === 0) return undefined
    this.#length -= 1
    const index = this.#indexes[this.#length] ?? 0
    this.#isIn[index] = 0
    return index
  }

  #grow(index: number): void {
    const size = Math.max(index + 1, this.#isIn.length * 2)
    const [indexes, isIn] = [new Int32Array(size), new Uint8Array(size)]
    indexes.set(this.#indexes)
    isIn.set(this.#isIn)
    this.#indexes = indexes
    this.#isIn = isIn
  }
}
