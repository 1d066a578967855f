import type { Command } from 'commander'
import type { ExitCode } from '../exit-codes.ts'
import type { Progress } from './progress.ts'
import type { Asker } from '../control/request.ts'
import type { Terminal } from './terminal.ts'

/** The options that every command has. */
export interface OutputOptions {
  readonly json?: boolean
}

/** A question, once there is somebody to ask. */
export interface Asking {
  readonly asker: Asker
  readonly terminal: Terminal
  readonly progress: Progress
  /** The end of the command. */
  readonly signal: AbortSignal
  /** How many neighbors a write is confirmed by where nothing else is said. */
  readonly replicasWanted: number
  /** Bytes from the standard input, where a command may read it. @throws {UsageError} It may not. */
  readStdin(): Promise<Uint8Array>
}

/** What commands that ask something run in: the command line, or the interactive shell. */
export interface Shell {
  /** Adds what says whom to ask. */
  addOptions(command: Command): Command
  /** Runs a question to its end. */
  ask(options: OutputOptions, use: (asking: Asking) => Promise<ExitCode>): Promise<void>
}

/** A command that asks something, of a network or a running node. */
export type AskCommand = (program: Command, shell: Shell) => void
