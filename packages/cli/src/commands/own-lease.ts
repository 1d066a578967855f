import { addConfirmOptions, confirmationOf } from '../confirm-options.ts'
import type { ConfirmOptions } from '../confirm-options.ts'
import { printable } from '../control/datum.ts'
import { single } from '../control/single.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AskCommand } from '../terminal/shell.ts'

/** `ts2p renew`. */
export const renew: AskCommand = ownLeaseCommand('renew', {
  description: 'renew the lease that the node has of a key; the value stays',
  done: (key, until) => `The lease of ${key} lasts until ${until}.`,
})

/** `ts2p release`. */
export const release: AskCommand = ownLeaseCommand('release', {
  description: 'end the lease that the node has of a key; the value stays',
  done: (key) => `Nobody holds ${key} now. Its value stays.`,
})

/** A command for the lease of a key that the node itself has. */
function ownLeaseCommand(
  ask: 'renew' | 'release',
  texts: { readonly description: string; readonly done: (key: string, until: string) => string },
): AskCommand {
  return (program, shell) => {
    const command = program.command(ask).description(texts.description).argument('<key>')
    addConfirmOptions(shell.addOptions(command)).action((key: string, options: ConfirmOptions) =>
      shell.ask(options, async (asking) => {
        const { asker, terminal, signal } = asking
        const reply = await single(asker.ask({ ask, key, confirm: confirmationOf(options, asking) }, signal))
        const until = reply.lease ? new Date(reply.lease.expiresAt).toISOString() : ''
        const text = reply.held ? texts.done(printable(key), until) : `The node has no lease of ${printable(key)}.`
        if (reply.held || options.json) terminal.result(reply, text, options)
        else terminal.printNote(text)
        return reply.held ? exitCodes.ok : exitCodes.no
      }),
    )
  }
}
