interface Waiter {
  readonly until: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Those who wait until a number of changes is durable. */
export class FlushWaiters {
  #waiters: Waiter[] = []

  get isEmpty(): boolean {
    return this.#waiters.length === 0
  }

  /** Resolves when `until` changes are durable. */
  wait(until: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ until, resolve, reject }))
  }

  /** So many changes are durable. */
  onDurable(count: number): void {
    const done = this.#waiters.filter(({ until }) => until <= count)
    this.#waiters = this.#waiters.filter(({ until }) => until > count)
    for (const { resolve } of done) resolve()
  }

  /** Rejects all. */
  reject(error: Error): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }
}
