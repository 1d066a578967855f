import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { OutputOptions } from '../terminal/shell.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** `ts2p keygen`: who a node is, and what closes a network. */
export function keygen(program: Command, terminal: Terminal): void {
  program
    .command('keygen')
    .description(
      'make the key of a node, in a new file that only you can read, and print its id; or a secret of a network',
    )
    .argument('[file]', 'where the key goes', 'ts2p.key')
    .option('--secret', 'print a secret for TS2P_SECRET instead; nothing is written')
    .option('--json', 'one JSON value on each line')
    .action(async (file: string, options: OutputOptions & { readonly secret?: boolean }) => {
      if (options.secret) {
        const secret = randomBytes(32).toString('base64url')
        return terminal.result({ secret }, secret, options)
      }
      const [{ identityFromSeed, seedBytes }, { writeSeed }] = await Promise.all([
        import('@ts2p/protocol'),
        import('../running/identity-file.ts'),
      ])
      const seed = randomBytes(seedBytes)
      writeSeed(file, seed)
      const { id } = identityFromSeed(seed)
      terminal.result(
        { id, file },
        `${id} is the node of ${file}. Who has the file can be that node: keep it.`,
        options,
      )
    })
}
