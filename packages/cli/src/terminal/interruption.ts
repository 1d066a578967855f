import { exitCodes } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'

/** SIGINT, SIGTERM, or that nobody reads any more: the first asks for a clean end, a second signal ends at once. */
export class Interruption {
  readonly #controller = new AbortController()
  #exitCode: ExitCode | undefined

  constructor() {
    for (const [name, code] of [
      ['SIGINT', exitCodes.interrupted],
      ['SIGTERM', exitCodes.terminated],
    ] as const) {
      process.on(name, () => {
        if (this.#exitCode !== undefined) process.exit(code)
        this.end(code)
      })
    }
  }

  /** Asks for a clean end, unless that has been asked for. */
  end(code: ExitCode): void {
    this.#exitCode ??= code
    this.#controller.abort()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What a command ends with that was interrupted in its work; undefined while nobody has. */
  get exitCode(): ExitCode | undefined {
    return this.#exitCode
  }
}
