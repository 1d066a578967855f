import { printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'

/** `ts2p peers`. */
export const peers: AskCommand = (program, shell) => {
  shell
    .addOptions(program.command('peers').description('list the nodes that the node is linked with'))
    .action((options: OutputOptions) =>
      shell.ask(options, async ({ asker, terminal, signal }) => {
        for await (const peer of asker.ask({ ask: 'peers' }, signal)) {
          terminal.result(peer, `${peer.id}  ${peer.direction} ${printable(peer.remote)}`, options)
        }
        return exitCodes.ok
      }),
    )
}
