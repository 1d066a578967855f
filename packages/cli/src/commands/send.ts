import { exitCodes } from '../exit-codes.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'
import { single } from '../control/single.ts'

/** `ts2p send`. */
export const send: AskCommand = (program, shell) => {
  shell
    .addOptions(program.command('send').description('send a message to every node').argument('<text>'))
    .option('--whisper', 'to the neighbors only')
    .action((text: string, options: OutputOptions & { readonly whisper?: boolean }) =>
      shell.ask(options, async ({ asker, terminal }) => {
        const reply = await single(asker.ask({ ask: 'send', text, whisper: options.whisper ?? false }))
        const { neighbors } = reply
        const whom = neighbors === 1 ? '1 neighbor' : `${neighbors} neighbors`
        terminal.result(reply, neighbors === 0 ? 'sent to nobody: there is no neighbor' : `sent to ${whom}`, options)
        return neighbors === 0 ? exitCodes.unconfirmed : exitCodes.ok
      }),
    )
}
