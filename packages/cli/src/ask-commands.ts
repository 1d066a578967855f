import { bench } from './commands/bench.ts'
import { del } from './commands/del.ts'
import { get } from './commands/get.ts'
import { keys } from './commands/keys.ts'
import { lease } from './commands/lease.ts'
import { release, renew } from './commands/own-lease.ts'
import { peers } from './commands/peers.ts'
import { send } from './commands/send.ts'
import { set } from './commands/set.ts'
import { watch } from './commands/watch.ts'
import type { AskCommand } from './terminal/shell.ts'

/** What can be asked on the command line and in the interactive shell, in the order of the help. */
export const askCommands: readonly AskCommand[] = [
  ...[get, set, del, renew, release],
  ...[keys, watch, send, peers, lease, bench],
]
