import { exitCodes } from './exit-codes.ts'
import type { ExitCode } from './exit-codes.ts'

/** SIGINT and SIGTERM: the first asks for a clean end, the second ends at once. */
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
        this.#exitCode = code
        this.#controller.abort()
      })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What a command ends with that was interrupted in its work; undefined while nobody has. */
  get exitCode(): ExitCode | undefined {
    return this.#exitCode
  }
}
