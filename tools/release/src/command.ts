import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** Where and how a command runs. */
export interface CommandOptions {
  readonly in: string
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether a word on stderr is a failure too; default false. */
  readonly isSilent?: boolean
}

/** A command failed. */
class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code = 'COMMAND_FAILED'
}

/**
 * Runs a program to its end, without a shell.
 * @returns what it printed
 * @throws {CommandError} It did not start, or ended with another status than 0; its message has what was printed.
 */
export async function command(
  program: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const child = spawn(program, parameters, {
    cwd: options.in,
    // What a runner of this process set for its own children is not a user's.
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended.catch((error: unknown) => [String(error)]),
  ])
  if (status === 0 && !(options.isSilent && stderr !== '')) return stdout
  throw new CommandError(
    `${[program, ...parameters].join(' ')}\nin ${options.in} ended with ${String(status)}.\n${stdout}${stderr}`,
  )
}
