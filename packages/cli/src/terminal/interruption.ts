import { exitCodes } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'

/** SIGINT, SIGTERM, SIGHUP, or that nobody reads any more: the first asks for a clean end, a second signal ends at once. */
export class Interruption {
  readonly #controller = new AbortController()
  #exitCode: ExitCode | undefined

  constructor() {
    for (const [name, code] of [
      ['SIGINT', exitCodes.interrupted],
      ['SIGTERM', exitCodes.terminated],
      // The terminal was closed.
      ['SIGHUP', exitCodes.hungUp],
    ] as const) {
      process.on(name, () => {
        if (this.#exitCode !== undefined) process.exit(code)
        this.end(code, name)
      })
    }
  }

  /** Asks for a clean end, unless that has been asked for. @param reason - What the log of a node says of it. */
  end(code: ExitCode, reason: string = 'nobody reads the output'): void {
    this.#exitCode ??= code
    this.#controller.abort(reason)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What a command ends with that was interrupted in its work; undefined while nobody has. */
  get exitCode(): ExitCode | undefined {
    return this.#exitCode
  }
}
