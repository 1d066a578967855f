import { createInterface } from 'node:readline/promises'
import type { Interface } from 'node:readline/promises'
import { Command, CommanderError } from 'commander'
import { askCommands } from '../ask-commands.ts'
import { completionsOf } from './completion.ts'
import { exitCodeOf, exitCodes } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { UsageError } from '../failure.ts'
import type { History } from './history.ts'
import type { Asking, OutputOptions, Shell } from './shell.ts'
import { wordsOf } from './words.ts'

/** The interactive shell: the commands that ask, of one node, line by line. */
export class Repl implements Shell {
  readonly #asking: Asking
  readonly #history: History
  readonly #json: boolean
  /** Of the first command that did not end with 0. */
  #exitCode: ExitCode = exitCodes.ok
  /** Ends the command that runs. */
  #running: AbortController | undefined

  constructor(options: { asking: Asking; history: History; json: boolean }) {
    this.#asking = options.asking
    this.#history = options.history
    this.#json = options.json
  }

  /**
   * Reads and does lines until the input ends, or `exit`. Ctrl-C ends a command that runs.
   * @returns of a person's commands 0; else the exit code of the first command that did not end with 0
   */
  async run(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<ExitCode> {
    const isPerson = input.isTTY ? output.isTTY : false
    const lines = createInterface({
      input,
      output,
      terminal: isPerson,
      prompt: isPerson ? 'ts2p> ' : '',
      history: this.#history.read(),
      removeHistoryDuplicates: true,
      completer: (line: string) => this.#complete(line),
    })
    const end = (): void => {
      this.#running?.abort()
      lines.close()
    }
    this.#asking.signal.addEventListener('abort', end, { once: true })
    lines.on('SIGINT', () => this.#interrupt(lines))
    lines.prompt()
    for await (const line of lines) {
      this.#history.add(line)
      if (['exit', 'quit', '.exit'].includes(line.trim())) break
      await this.#do(line)
      lines.prompt()
    }
    lines.close()
    this.#asking.signal.removeEventListener('abort', end)
    return isPerson ? exitCodes.ok : this.#exitCode
  }

  addOptions(command: Command): Command {
    return command.option('--json', 'one JSON value on each line', this.#json)
  }

  async ask(_options: OutputOptions, use: (asking: Asking) => Promise<ExitCode>): Promise<void> {
    const running = new AbortController()
    this.#running = running
    const readStdin = (): Promise<Uint8Array> =>
      Promise.reject(new UsageError('Here the standard input has the commands. Give the value itself, or a file.'))
    try {
      this.#recordExitCode(await use({ ...this.#asking, signal: running.signal, readStdin }))
    } finally {
      this.#running = undefined
    }
  }

  async #do(line: string): Promise<void> {
    const { terminal } = this.#asking
    try {
      const words = wordsOf(line)
      if (words.length > 0) await this.#program().parseAsync(words, { from: 'user' })
    } catch (error) {
      // The help was printed.
      if (error instanceof CommanderError && error.exitCode === 0) return
      const failure =
        error instanceof CommanderError ? new UsageError(`${error.message.replace(/^error: /, '')} Try help.`) : error
      terminal.error(failure, { json: this.#json })
      this.#recordExitCode(exitCodeOf(failure))
    }
  }

  #recordExitCode(code: ExitCode): void {
    if (this.#exitCode === exitCodes.ok) this.#exitCode = code
  }

  /** What cannot be completed is left as it is. */
  async #complete(line: string): Promise<[string[], string]> {
    try {
      return await completionsOf(line, { asker: this.#asking.asker, names: this.#names() })
    } catch {
      return [[], line]
    }
  }

  #interrupt(lines: Interface): void {
    if (this.#running) this.#running.abort()
    else lines.close()
  }

  #program(): Command {
    const program = new Command()
      .name('repl')
      .usage('<command>, or exit')
      .exitOverride()
      .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    for (const command of askCommands) command(program, this)
    return program
  }

  #names(): string[] {
    return [...this.#program().commands.map((command) => command.name()), 'help', 'exit']
  }
}
