/** Knows whether a call into a transport is running: no event may come meanwhile. */
export class Calls {
  #depth = 0

  get isRunning(): boolean {
    return this.#depth > 0
  }

  run<T>(call: () => T): T {
    this.#depth += 1
    try {
      return call()
    } finally {
      this.#depth -= 1
    }
  }
}
