import type { CancelTimer, Environment } from '@ts2p/base'

/** The longest that platforms wait, milliseconds; more would be no time at all. */
const delayMsMax = 2 ** 31 - 1

/** One appointment at a time: a new one takes the place of the last. Who is woken looks whether it is time. */
export class Timer {
  readonly #environment: Environment
  #cancel: CancelTimer | undefined

  constructor(environment: Environment) {
    this.#environment = environment
  }

  set(delayMs: number, callback: () => void): void {
    this.cancel()
    this.#cancel = this.#environment.setTimer(Math.min(Math.max(0, delayMs), delayMsMax), callback)
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
