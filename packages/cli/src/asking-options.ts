import { Option } from 'commander'
import type { Command } from 'commander'
import { addNetworkOptions, parseWhole } from './running/network-options.ts'
import type { NetworkOptions } from './running/network-options.ts'
import type { OutputOptions } from './terminal/shell.ts'

/** Whom to ask, and how to answer. */
export interface AskingOptions extends NetworkOptions, OutputOptions {
  readonly via?: string
  readonly joinSeconds: number
}

/** Adds the options that say whom to ask. */
export function addAskingOptions(command: Command): Command {
  return addNetworkOptions(command)
    .addOption(
      new Option(
        '--via <node>',
        'a running node: its process, or its control file. Default: the only one here, if there is no --join',
      ).env('TS2P_VIA'),
    )
    .addOption(
      new Option('--join-seconds <seconds>', 'how long joining may take').argParser(parseWhole(1, 3600)).default(30),
    )
    .option('--json', 'one JSON value on each line')
}
