import { printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'

/** `ts2p keys`. */
export const keys: AskCommand = (program, shell) => {
  shell
    .addOptions(
      program.command('keys').description('list the keys, in their order').argument('[prefix]', 'of the keys', ''),
    )
    .option('--values', 'with their values')
    .action((prefix: string, options: OutputOptions & { readonly values?: boolean }) =>
      shell.ask(options, async ({ asker, terminal, signal }) => {
        for await (const reply of asker.ask({ ask: 'keys', prefix, values: options.values ?? false }, signal)) {
          const value = reply.value === undefined ? '' : ` = ${printable(reply.value)}`
          terminal.result(reply, `${printable(reply.key)}${value}`, options)
        }
        return exitCodes.ok
      }),
    )
}
