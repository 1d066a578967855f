import { bytesOf, printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import { PartialDictionaryError } from '../failure.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'
import { single } from '../control/single.ts'

/** `ts2p get`. */
export const get: AskCommand = (program, shell) => {
  shell
    .addOptions(program.command('get').description('print the value of a key').argument('<key>'))
    .option('--raw', 'its bytes as they are, without a line end')
    .action((key: string, options: OutputOptions & { readonly raw?: boolean }) =>
      shell.ask(options, async ({ asker, terminal }) => {
        const reply = await single(asker.ask({ ask: 'get', key }))
        if (options.json) terminal.result(reply, '', options)
        else if (!reply.found) terminal.printNote(`There is nothing at ${printable(key)}.`)
        else if (options.raw) terminal.raw(bytesOf(reply.value))
        else terminal.value(reply.value, bytesOf(reply.value))
        if (reply.partial) throw new PartialDictionaryError()
        return reply.found ? exitCodes.ok : exitCodes.no
      }),
    )
}
