import { printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'
import { single } from '../control/single.ts'

/** `ts2p lease`. */
export const lease: AskCommand = (program, shell) => {
  shell
    .addOptions(
      program.command('lease').description('say who holds a key, until when, and the fencing token').argument('<key>'),
    )
    .action((key: string, options: OutputOptions) =>
      shell.ask(options, async ({ asker, terminal }) => {
        const reply = await single(asker.ask({ ask: 'lease', key }))
        if (reply.owner === undefined) {
          if (options.json) terminal.result({ key, held: false }, '', options)
          else terminal.printNote(`Nobody holds ${printable(key)}.`)
          return exitCodes.no
        }
        const until = new Date(reply.expiresAt).toISOString()
        const text = `${printable(key)} is held by ${reply.owner} until ${until}, token ${reply.token}`
        terminal.result({ ...reply, held: true }, text, options)
        return exitCodes.ok
      }),
    )
}
