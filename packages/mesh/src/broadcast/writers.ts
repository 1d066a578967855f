/** Callers that wait until the links of their next broadcast take data again, and have asked for what they missed. */
export class Writers {
  readonly #isBlocked: () => boolean
  #waiting: (() => void)[] = []

  /** @param isBlocked whether one of those links is congested or has not asked for what it missed */
  constructor(isBlocked: () => boolean) {
    this.#isBlocked = isBlocked
  }

  /** Resolves when none of the links holds up the next broadcast. */
  writable(): Promise<void> {
    if (!this.#isBlocked()) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  /** A link takes data again, misses nothing any more, or is no longer one of them. */
  check(): void {
    if (this.#waiting.length === 0 || this.#isBlocked()) return
    this.release()
  }

  /** Nothing is sent any more. */
  release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
