import type { CancelTimer, Environment } from '@ts2p/base'

/** The least time between two answers, milliseconds. A node that asks waits for at least 300 ms. */
const answerMs = 100

/**
 * Answers route questions for this node. An answer reaches every node, so one serves all that ask: the first question is answered at once,
 * those that come within 100 ms after an answer together when these are over.
 */
export class RouteResponder {
  readonly #environment: Environment
  readonly #answer: () => void
  #cancelTimer: CancelTimer | undefined
  #isAskedAgain = false
  #isClosed = false

  /** @param answer sends an answer to all nodes */
  constructor(environment: Environment, answer: () => void) {
    this.#environment = environment
    this.#answer = answer
  }

  /** A node asks for the route to this one. */
  onQuestion(): void {
    if (this.#isClosed) return
    if (this.#cancelTimer) this.#isAskedAgain = true
    else this.#answerNow()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #answerNow(): void {
    this.#isAskedAgain = false
    this.#cancelTimer = this.#environment.setTimer(answerMs, () => {
      this.#cancelTimer = undefined
      if (this.#isAskedAgain) this.#answerNow()
    })
    this.#answer()
  }
}
