import { runCommandLine } from './command-line.ts'
import { exitCodes } from './exit-codes.ts'
import { Interruption } from './terminal/interruption.ts'
import { failureOf } from './failure.ts'

/** The command line, as a process: reads its arguments, and sets its exit code. */
export function main(): void {
  const { argv, env, stdout, stderr } = process
  // Without a reader of its log a node does what it did.
  stderr.on('error', () => undefined)
  const interruption = new Interruption()
  // Whoever reads may have had enough, as head has: then what is running ends as by a signal, and keeps what it has.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
    interruption.end(code === 'EPIPE' ? exitCodes.ok : exitCodes.fault),
  )
  const world = { streams: { out: stdout, err: stderr }, env, interruption }
  const run = async (): Promise<void> => {
    try {
      process.exitCode = await runCommandLine(argv.slice(2), world)
    } catch (error) {
      stderr.write(`${failureOf(error).message}\n`)
      process.exitCode = exitCodes.fault
    }
    // Everything that had to be sent or kept is. What is still open, a link that was about to be made, is not waited for.
    if (interruption.exitCode !== undefined) stdout.write('', () => process.exit())
  }
  void run()
}
