/** A caller that waits. */
interface DrainWaiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Callers that wait until the links of their next broadcast take data again, and have asked for what they missed. */
export class DrainWaiters {
  readonly #isBlocked: () => boolean
  #waiting: DrainWaiter[] = []
  #closedBy: Error | undefined

  /** @param isBlocked whether one of those links is congested or has not asked for what it missed */
  constructor(isBlocked: () => boolean) {
    this.#isBlocked = isBlocked
  }

  /** Resolves when none of the links holds up the next broadcast. */
  writable(): Promise<void> {
    if (this.#closedBy) return Promise.reject(this.#closedBy)
    if (!this.#isBlocked()) return Promise.resolve()
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }))
  }

  /** A link takes data again, misses nothing any more, or is no longer one of them. */
  check(): void {
    if (this.#waiting.length === 0 || this.#isBlocked()) return
    for (const { resolve } of this.#removeAll()) resolve()
  }

  /** Nothing is sent anymore: rejects those that wait, and those that come later. */
  close(error: Error): void {
    this.#closedBy = error
    for (const { reject } of this.#removeAll()) reject(error)
  }

  #removeAll(): DrainWaiter[] {
    const waiting = this.#waiting
    this.#waiting = []
    return waiting
  }
}
