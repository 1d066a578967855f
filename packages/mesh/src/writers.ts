/** Callers that wait until the links of their next broadcast take data again. */
export class Writers {
  readonly #isCongested: () => boolean
  #waiting: (() => void)[] = []

  /** @param isCongested whether one of those links is congested */
  constructor(isCongested: () => boolean) {
    this.#isCongested = isCongested
  }

  /** Resolves when none of the links is congested. */
  writable(): Promise<void> {
    if (!this.#isCongested()) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  /** A link takes data again, or is no longer one of them. */
  check(): void {
    if (this.#waiting.length === 0 || this.#isCongested()) return
    this.release()
  }

  /** Nothing is sent any more. */
  release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
