import type { Environment } from './environment/environment.ts'
import { ClosedError } from './errors.ts'

/** Something that is wrong with a node, or was. */
export interface Issue {
  /** What kind it is, for programs, such as 'clock-ahead'. The codes are listed in the README of the package that reports them. */
  readonly code: string
  /** A sentence for people: what happened last, and what to do. */
  readonly message: string
  /** How often it has happened. */
  readonly count: number
  /** When it happened last, by this node's wall clock, milliseconds since 1970. */
  readonly lastAt: number
}

/** An exception of the application, thrown by a listener, a handler or another function that it gave. */
export interface Failure {
  readonly error: unknown
}

/** Most exceptions that are logged at once, and how many a second after that: other nodes may cause them. */
const burstMax = 10
const logsPerSecond = 1

/** The issues of a node, one for each code. Bounded by the number of codes, which are written in the code. */
export class Issues {
  readonly #environment: Pick<Environment, 'log' | 'monotonicNow' | 'now'>
  readonly #byCode = new Map<string, Issue>()
  #logsLeft = burstMax
  #countedAt = 0
  #unlogged = 0

  constructor(environment: Pick<Environment, 'log' | 'monotonicNow' | 'now'>) {
    this.#environment = environment
  }

  /**
   * Records an issue. Of each code the last message is kept, with a count.
   * @param failure - The exception behind it: unless it is a ClosedError, it is logged too, with the level 'error', so that its stack is not lost. At most 10 at once and one
   *   a second after that are logged; the next one tells how many were not, as `unlogged`.
   */
  report(code: string, message: string, failure?: Failure): void {
    const count = (this.#byCode.get(code)?.count ?? 0) + 1
    this.#byCode.set(code, { code, message, count, lastAt: this.#environment.now() })
    // Close rejects what waits: that is what the application has asked for.
    if (failure && !(failure.error instanceof ClosedError)) this.#log(message, failure)
  }

  /** All issues, in the order in which their codes came up; empty if nothing went wrong. */
  list(): Issue[] {
    return [...this.#byCode.values()]
  }

  #log(message: string, { error }: Failure): void {
    const now = this.#environment.monotonicNow()
    this.#logsLeft = Math.min(burstMax, this.#logsLeft + ((now - this.#countedAt) / 1000) * logsPerSecond)
    this.#countedAt = now
    if (this.#logsLeft < 1) {
      this.#unlogged += 1
      return
    }
    this.#logsLeft -= 1
    const unlogged = this.#unlogged > 0 ? { unlogged: this.#unlogged } : {}
    this.#unlogged = 0
    this.#environment.log('error', message, { error, ...unlogged })
  }
}
