import { Option } from 'commander'
import { printable } from '../control/datum.ts'
import { exitCodes } from '../exit-codes.ts'
import { parseWhole } from '../running/network-options.ts'
import type { WatchReply } from '../control/request.ts'
import type { AskCommand, OutputOptions } from '../terminal/shell.ts'

interface WatchArguments extends OutputOptions {
  readonly initial?: boolean
  readonly count?: number
}

/** `ts2p watch`: until it is interrupted. */
export const watch: AskCommand = (program, shell) => {
  shell
    .addOptions(
      program.command('watch').description('print changes as they come').argument('[prefix]', 'of the keys', ''),
    )
    .option('--initial', 'begin with what is there')
    .addOption(new Option('--count <changes>', 'end after so many').argParser(parseWhole(1)))
    .action((prefix: string, options: WatchArguments) =>
      shell.ask(options, async ({ asker, terminal, signal }) => {
        let count = 0
        const changes = asker.ask({ ask: 'watch', prefix, initial: options.initial ?? false }, signal)
        if (!options.json)
          terminal.printNote(`watching ${prefix === '' ? 'all keys' : printable(prefix)}; Ctrl-C ends it`)
        for await (const change of changes) {
          terminal.result(change, sentenceOf(change), options)
          count += 1
          if (count === options.count) break
        }
        return exitCodes.ok
      }),
    )
}

function sentenceOf(change: WatchReply): string {
  const time = new Date(change.at).toISOString()
  const gone = change.type === 'expire' ? ' has ended' : ' is deleted'
  const what = change.type === 'set' ? ` = ${printable(change.value)}` : gone
  return `${time} ${printable(change.key)}${what}  (${change.owner.slice(0, 8)}…)`
}
