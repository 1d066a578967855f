import { Option } from 'commander'
import { addConfirmOptions, confirmationOf } from '../confirm-options.ts'
import type { ConfirmOptions } from '../confirm-options.ts'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failure.ts'
import { parseWhole } from '../running/network-options.ts'
import type { AskCommand } from '../terminal/shell.ts'

interface BenchOptions extends ConfirmOptions {
  readonly count: number
  readonly bytes: number
}

/** `ts2p bench`: measures the network by writing to it. */
export const bench: AskCommand = (program, shell) => {
  const command = program
    .command('bench')
    .description('write keys of its own, measure how fast they are held, delete them')
  addConfirmOptions(shell.addOptions(command), '1')
    .addOption(new Option('--count <keys>', 'how many').argParser(parseWhole(1, 100_000)).default(1000))
    .addOption(new Option('--bytes <bytes>', 'of each value').argParser(parseWhole(0, 65_536)).default(100))
    .action((options: BenchOptions) =>
      shell.ask(options, async (asking) => {
        const { asker, terminal, progress, signal } = asking
        const { count, bytes } = options
        // A measurement without a neighbor would measure nothing of the network.
        const confirm = confirmationOf({ ...options, replicas: options.replicas ?? 1 }, asking)
        if (confirm.replicas === 0)
          throw new UsageError('There is nothing to measure without replicas: omit --replicas, or give at least 1.')
        progress.start('writing', count)
        try {
          for await (const reply of asker.ask({ ask: 'bench', count, bytes, confirm }, signal)) {
            if ('done' in reply) progress.update(reply.done)
            else {
              progress.stop()
              const { setsPerSecond, confirmedMsMedian, confirmedMs99 } = reply
              const held = `held by ${confirm.replicas} after ${confirmedMsMedian} ms (median), ${confirmedMs99} ms (99 %)`
              terminal.result(reply, `${count} sets of ${bytes} bytes: ${setsPerSecond} sets/s here, ${held}`, options)
            }
          }
        } finally {
          progress.stop()
        }
        // Who interrupts a measurement has none.
        return signal.aborted ? exitCodes.interrupted : exitCodes.ok
      }),
    )
}
