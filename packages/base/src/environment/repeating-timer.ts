import type { Environment } from './environment.ts'

/** Calls back again and again, until it is stopped. */
export class RepeatingTimer {
  readonly #environment: Environment
  readonly #everyMs: number
  readonly #callback: () => void
  #cancel: (() => void) | undefined

  constructor(environment: Environment, everyMs: number, callback: () => void) {
    this.#environment = environment
    this.#everyMs = everyMs
    this.#callback = callback
  }

  start(): void {
    this.#cancel = this.#environment.setTimer(this.#everyMs, () => {
      this.start()
      this.#callback()
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}
