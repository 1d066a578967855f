import type { Command } from 'commander'
import { addAskingOptions } from '../asking-options.ts'
import type { AskingOptions } from '../asking-options.ts'
import type { ExitCode } from '../exit-codes.ts'
import { History } from '../terminal/history.ts'
import type { ProcessShell } from '../terminal/process-shell.ts'
import { Repl } from '../terminal/repl.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** `ts2p repl`. */
export function repl(
  program: Command,
  { shell, terminal, end }: { shell: ProcessShell; terminal: Terminal; end: (code: ExitCode) => void },
): void {
  addAskingOptions(program.command('repl').description('an interactive shell, with completion and history'))
    .option('--history <file>', 'where what is typed is kept; default TS2P_HISTORY, or .ts2p_history at home')
    .option('--no-history', 'keep nothing')
    .action(async (options: AskingOptions & { readonly history?: string | false }) => {
      const { history } = options
      const asking = await shell.open(options)
      const path = history === false ? undefined : (history ?? History.defaultPath(terminal.env))
      try {
        const running = new Repl({ asking, history: new History(path), json: options.json ?? false })
        end(await running.run(process.stdin, process.stdout))
      } finally {
        await asking.asker.close()
      }
    })
}
