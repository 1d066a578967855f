import { buffer } from 'node:stream/consumers'
import type { Command } from 'commander'
import { addAskingOptions } from '../asking-options.ts'
import type { AskingOptions } from '../asking-options.ts'
import { ControlClient } from '../control/control-client.ts'
import { findControlFile } from '../control/control-file.ts'
import type { ExitCode } from '../exit-codes.ts'
import { UsageError } from '../failure.ts'
import type { Interruption } from './interruption.ts'
import { progressOn } from './progress.ts'
import type { Asker } from '../control/request.ts'
import type { Asking, OutputOptions, Shell } from './shell.ts'
import type { Terminal } from './terminal.ts'

/** The command line: each command asks a node of its own choice, once. */
export class ProcessShell implements Shell {
  readonly #terminal: Terminal
  readonly #interruption: Interruption
  readonly #end: (code: ExitCode) => void

  constructor(options: { terminal: Terminal; interruption: Interruption; end: (code: ExitCode) => void }) {
    this.#terminal = options.terminal
    this.#interruption = options.interruption
    this.#end = options.end
  }

  addOptions(command: Command): Command {
    return addAskingOptions(command)
  }

  async ask(options: OutputOptions, use: (asking: Asking) => Promise<ExitCode>): Promise<void> {
    // Every command here was given these options by `addOptions`.
    const asking = await this.open(options as AskingOptions)
    try {
      this.#end(await use(asking))
    } finally {
      await asking.asker.close()
    }
  }

  /** Reaches whom the options name. @throws as JoinedNode and ControlClient */
  async open(options: AskingOptions): Promise<Asking> {
    const progress = progressOn(this.#terminal)
    const { signal } = this.#interruption
    const isJoining = options.join !== undefined
    if (isJoining && options.via !== undefined) {
      throw new UsageError('Give --join, to be a node for a moment, or --via, to ask one that runs, and not both.')
    }
    return {
      asker: isJoining ? await this.#join(options, { progress, signal }) : await this.#reach(options.via),
      terminal: this.#terminal,
      progress,
      signal,
      replicasWanted: isJoining ? 1 : 0,
      readStdin: () => buffer(process.stdin),
    }
  }

  async #join(options: AskingOptions, world: { progress: Asking['progress']; signal: AbortSignal }): Promise<Asker> {
    // Loaded only by a command that is a node itself: one that asks a running node starts in a fraction of the time.
    const [{ systemEnvironment }, { JoinedNode }, { planSocket }] = await Promise.all([
      import('@ts2p/base'),
      import('../running/joined-node.ts'),
      import('../running/plan-socket.ts'),
    ])
    const environment = systemEnvironment({ logLevel: 'silent' })
    const { join: addresses = [], joinSeconds } = options
    return JoinedNode.join({ ...(await planSocket(options, environment)), addresses, joinSeconds }, world)
  }

  async #reach(via: string | undefined): Promise<Asker> {
    return ControlClient.connect(await findControlFile(via, this.#terminal.env))
  }
}
