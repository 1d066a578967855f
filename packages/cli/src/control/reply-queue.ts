/** How many replies may wait for their reader before the writer has to. */
const waitingMax = 256

/** What comes for one request, until its end. */
export class ReplyQueue implements AsyncIterable<unknown> {
  readonly #waiting: unknown[] = []
  #isEnded = false
  #error: Error | undefined
  #onNews: () => void = () => undefined
  #onRoom: () => void = () => undefined

  /** Resolves when there is room for more. */
  async push(reply: unknown): Promise<void> {
    this.#waiting.push(reply)
    this.#onNews()
    if (this.#waiting.length >= waitingMax) await new Promise<void>((resolve) => (this.#onRoom = resolve))
  }

  /** No more comes; an error is thrown to the reader once it has read the rest. */
  end(error?: Error): void {
    this.#isEnded = true
    this.#error = error
    this.#onNews()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    try {
      for (;;) {
        while (this.#waiting.length > 0) {
          const reply = this.#waiting.shift()
          if (this.#waiting.length < waitingMax) this.#onRoom()
          yield reply
        }
        if (this.#isEnded) break
        await new Promise<void>((resolve) => (this.#onNews = resolve))
      }
      if (this.#error) throw this.#error
    } finally {
      // Nobody reads any more: what still comes must not hold up the others.
      this.#waiting.length = 0
      this.#onRoom()
    }
  }
}
