import { Option } from 'commander'
import type { Command } from 'commander'
import { parseWhole } from './running/network-options.ts'
import type { Confirmation } from './control/request.ts'
import type { Asking, OutputOptions } from './terminal/shell.ts'

/** The options of commands that write. */
export interface ConfirmOptions extends OutputOptions {
  readonly replicas?: number
  readonly timeout: number
}

/** Adds the options that say when a write is done. @param replicasDefault - As the help says it. */
export function addConfirmOptions(command: Command, replicasDefault: string = '1, 0 with --via'): Command {
  return command
    .addOption(
      new Option('--replicas <count>', `neighbors that must say they hold it; default ${replicasDefault}`).argParser(
        parseWhole(0, 1000),
      ),
    )
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for them').argParser(parseWhole(1, 3600)).default(10),
    )
}

/** How a write is to be confirmed. */
export function confirmationOf(options: ConfirmOptions, { replicasWanted }: Asking): Confirmation {
  return { replicas: options.replicas ?? replicasWanted, timeoutMs: options.timeout * 1000 }
}
