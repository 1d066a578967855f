import { join } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { logLevels } from '../terminal/log-levels.ts'
import { runtimeFolder } from '../control/control-file.ts'
import { addNetworkOptions, parseWhole } from '../running/network-options.ts'
import type { NodeOptions } from '../running/running-node.ts'
import type { Streams, Terminal } from '../terminal/terminal.ts'

/** `ts2p node`: runs until it is interrupted. */
export function node(
  program: Command,
  world: { terminal: Terminal; streams: Streams; signal: AbortSignal; end: (code: ExitCode) => void },
): void {
  const port = (flag: string, what: string): Option =>
    new Option(`${flag} <port>`, what).argParser(parseWhole(0, 65_535))
  addNetworkOptions(program.command('node').description('run a node, until SIGINT, SIGTERM or SIGHUP'))
    .addOption(port('--port', 'for TCP; 0: any free one').default(0))
    .option('--host <host>', 'where to listen; 0.0.0.0 for every interface', '127.0.0.1')
    .addOption(port('--ws-port', 'for WebSocket, as browsers need it; 0: any free one. Default: none'))
    .option('--tls-cert <file>', 'encrypt by TLS: the certificate of this node, and of what vouches for it, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--persist <folder>', 'keep identity and dictionary in a folder, by @ts2p/persistence-level')
    .addOption(
      port(
        '--metrics-port',
        'metrics for Prometheus on 127.0.0.1, to those with the token of TS2P_METRICS_TOKEN. Default: none',
      ),
    )
    .addOption(
      new Option(
        '--inspect [port]',
        'a page on 127.0.0.1 that shows the mesh, the keys and what fails; its address is printed. Default: none',
      )
        .argParser(parseWhole(0, 65_535))
        .preset('0'),
    )
    .option('--control <file>', 'where the file for --via goes; default: a folder of your own for temporary files')
    .option('--no-control', 'cannot be asked by --via')
    .addOption(new Option('--log-level <level>', 'the least grave that is logged').choices(logLevels).default('info'))
    .option('--json', 'events on the standard output, one JSON value on each line')
    .action(async (options: NodeOptions & { readonly control?: string | false }) => {
      const { control } = options
      const byDefault = join(runtimeFolder(world.terminal.env), `${process.pid}.json`)
      const controlPath = control === false ? undefined : (control ?? byDefault)
      const { RunningNode } = await import('../running/running-node.ts')
      const running = await RunningNode.start(options, { ...world, controlPath })
      await running.untilClosed()
      world.end(exitCodes.ok)
    })
}
