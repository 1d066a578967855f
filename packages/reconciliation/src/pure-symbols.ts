/** A stack of the coded symbols that may be pure, that is, hold a single id. Each is in it at most once, however often it changes. */
export class PureSymbols {
  #indexes = new Int32Array(64)
  #isIn = new Uint8Array(64)
  #length = 0

  /** Enqueues a changed symbol if its count is 1 or -1. Such a symbol may hold one id, or several ids of both sides. */
  enqueueIfPure(index: number, count: number): void {
    if (count !== 1 && count !== -1) return
    if (index >= this.#isIn.length) this.#grow(index)
    if (this.#isIn[index] === 1) return
    this.#isIn[index] = 1
    this.#indexes[this.#length] = index
    this.#length += 1
  }

  /** Removes a symbol and returns its index. Returns undefined if there is none. */
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
