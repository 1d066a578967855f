import { Command, CommanderError } from 'commander'
import { askCommands } from './ask-commands.ts'
import { keygen } from './commands/keygen.ts'
import { node } from './commands/node.ts'
import { repl } from './commands/repl.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import type { ExitCode } from './exit-codes.ts'
import { UsageError } from './failure.ts'
import type { Interruption } from './terminal/interruption.ts'
import { ProcessShell } from './terminal/process-shell.ts'
import { Terminal } from './terminal/terminal.ts'
import type { Streams } from './terminal/terminal.ts'
import { version } from './version.ts'

/** What a command line runs in. */
export interface CommandLineWorld {
  readonly streams: Streams
  readonly env: NodeJS.ProcessEnv
  readonly interruption: Interruption
}

/** Runs a command. @param words without the program's name @returns what the process ends with */
export async function runCommandLine(words: readonly string[], world: CommandLineWorld): Promise<ExitCode> {
  const { streams, env, interruption } = world
  const terminal = new Terminal(streams, env)
  let exitCode: ExitCode = exitCodes.ok
  const end = (code: ExitCode): void => {
    exitCode = code
  }
  const json = words.includes('--json')
  const program = new Command('ts2p')
    .description('A shared dictionary with leases, without a server.')
    .version(version)
    .addHelpText('after', helpAfter)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => (json ? undefined : streams.err.write(text)),
      outputError: () => undefined,
    })
  const shell = new ProcessShell({ terminal, interruption, end })
  node(program, { terminal, streams, signal: interruption.signal, end })
  for (const command of askCommands) command(program, shell)
  repl(program, { shell, terminal, end })
  keygen(program, terminal)
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return afterParsing(error, { terminal, json })
    if (interruption.exitCode !== undefined) return interruption.exitCode
    terminal.error(error, { json })
    return exitCodeOf(error)
  }
}

/** Help and version are no errors. */
function afterParsing(error: CommanderError, { terminal, json }: { terminal: Terminal; json: boolean }): ExitCode {
  if (error.exitCode === 0) return exitCodes.ok
  const sentence = error.code === 'commander.help' ? 'There is no command.' : error.message.replace(/^error: /, '')
  terminal.error(new UsageError(`${sentence.replace(/[^.]$/, '$&.')} See ts2p --help.`), { json })
  return exitCodes.usage
}

const helpAfter = `
Exit codes: 0 done; 1 the answer is no: nothing there, or somebody else holds it; 2 not understood; 3 nobody can be
reached; 4 written or sent, but nobody has said to have it; 5 this machine is in the way: disk, port, clock.

  ts2p node --port 4000                        a node; others join it
  ts2p set greeting hello                      by the node that runs here
  ts2p get greeting --join 127.0.0.1:4000      as a node for a moment
`
