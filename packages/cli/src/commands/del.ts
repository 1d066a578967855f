import { addConfirmOptions, confirmationOf } from '../confirm-options.ts'
import type { ConfirmOptions } from '../confirm-options.ts'
import { printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AskCommand } from '../terminal/shell.ts'
import { single } from '../control/single.ts'

/** `ts2p del`. */
export const del: AskCommand = (program, shell) => {
  const command = program.command('del').description('delete a key, and give up its lease').argument('<key>')
  addConfirmOptions(shell.addOptions(command)).action((key: string, options: ConfirmOptions) =>
    shell.ask(options, async (asking) => {
      const reply = await single(
        asking.asker.ask({ ask: 'del', key, confirm: confirmationOf(options, asking) }, asking.signal),
      )
      const text = reply.deleted ? `${printable(key)} is deleted` : `There was nothing at ${printable(key)}.`
      if (reply.deleted || options.json) asking.terminal.result(reply, text, options)
      else asking.terminal.printNote(text)
      return reply.deleted ? exitCodes.ok : exitCodes.no
    }),
  )
}
