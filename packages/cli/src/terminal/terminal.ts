import picocolors from 'picocolors'
import { printable } from '../control/datum.ts'
import type { Datum } from '../control/datum.ts'
import { failureOf } from '../failure.ts'

/** What is written to: results go to `out`, everything else to `err`. */
export interface Streams {
  readonly out: NodeJS.WriteStream
  readonly err: NodeJS.WriteStream
}

/** What the command line says, to people or, with `--json`, to programs: then one JSON value on each line. */
export class Terminal {
  readonly #streams: Streams
  readonly #env: NodeJS.ProcessEnv

  constructor(streams: Streams, env: NodeJS.ProcessEnv) {
    this.#streams = streams
    this.#env = env
  }

  get env(): NodeJS.ProcessEnv {
    return this.#env
  }

  /** Where progress may be shown: undefined unless a person looks at it. */
  get progressStream(): NodeJS.WriteStream | undefined {
    const { err } = this.#streams
    return err.isTTY && !this.#env['CI'] && this.#env['TERM'] !== 'dumb' ? err : undefined
  }

  /** A result: as JSON, or as people read it. */
  result(value: unknown, text: string, options: { readonly json?: boolean | undefined }): void {
    this.#streams.out.write(`${options.json ? JSON.stringify(value) : text}\n`)
  }

  /** The bytes of a value as they are; shown as text where a person looks. */
  value(value: Datum, bytes: Uint8Array): void {
    const { out } = this.#streams
    if (out.isTTY)
      out.write(`${typeof value === 'string' ? value.split('\n').map(printable).join('\n') : printable(value)}\n`)
    else if (typeof value === 'string') out.write(`${value}\n`)
    else out.write(bytes)
  }

  /** Bytes, and nothing else. */
  raw(bytes: Uint8Array): void {
    this.#streams.out.write(bytes)
  }

  /** A remark. */
  printNote(text: string): void {
    this.#streams.err.write(`${this.#colors.dim(text)}\n`)
  }

  /** What went wrong, with its code. */
  error(error: unknown, options: { readonly json?: boolean | undefined }): void {
    const failure = failureOf(error)
    const text = `${this.#colors.red('error')} ${failure.message} ${this.#colors.dim(`[${failure.code}]`)}`
    this.#streams.err.write(`${options.json ? JSON.stringify({ error: failure }) : text}\n`)
  }

  /** Colors only where a person looks at the errors' stream and has not said NO_COLOR. */
  get #colors(): ReturnType<typeof picocolors.createColors> {
    // Of what is no terminal `isTTY` is undefined, and picocolors would decide by itself.
    const isWanted = this.#streams.err.isTTY ? !this.#env['NO_COLOR'] && this.#env['TERM'] !== 'dumb' : false
    return picocolors.createColors(isWanted)
  }
}
