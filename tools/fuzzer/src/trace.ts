import { createHash } from 'node:crypto'

/** Everything that happens in a run, as text: hashed, so that two runs can be compared; kept only if asked for. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #print: ((line: string) => void) | undefined

  constructor(print?: (line: string) => void) {
    this.#print = print
  }

  note(line: string): void {
    this.#hash.update(`${line}\n`)
    this.#print?.(line)
  }

  /** The hash of all lines; the trace ends with it. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 32)
  }
}
