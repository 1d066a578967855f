import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { parseAddress } from './address.ts'
import type { JoinAddress } from './address.ts'
import type { TlsArguments } from './tls-files.ts'

/** What every command that is a node is told of its network. */
export interface NetworkOptions extends TlsArguments {
  readonly subnet?: string
  readonly secret?: string
  readonly leaseSeconds?: number
  readonly leaseSecondsMax?: number
  readonly leasing: boolean
  readonly leased?: readonly string[]
  readonly unleased?: readonly string[]
  readonly signing: boolean
  readonly key?: string
}

/** Adds the options that say which network is meant. */
export function addNetworkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--join <host:port>', 'a node of the network, also ws://, tls:// or wss://host:port; may be repeated')
        .argParser((text: string, before: readonly JoinAddress[] | undefined) => [
          ...(before ?? []),
          ...text.split(',').map(parseAddress),
        ])
        .env('TS2P_JOIN'),
    )
    .addOption(new Option('--subnet <name>', "the network's name; default sync").env('TS2P_SUBNET'))
    .addOption(
      new Option(
        '--secret <secret>',
        'closes the network; better by TS2P_SECRET, which is not in the list of processes',
      ).env('TS2P_SECRET'),
    )
    .addOption(new Option('--lease-seconds <seconds>', 'how long leases last; default 3600').argParser(parseWhole(1)))
    .addOption(
      new Option('--lease-seconds-max <seconds>', 'the longest lease that a write may name; default 14400').argParser(
        parseWhole(1),
      ),
    )
    .option('--no-leasing', 'a network without leases: the last write wins')
    .option('--unleased <prefix>', 'keys that begin so have no leases; may be repeated', addTo)
    .option('--leased <prefix>', 'keys that begin so have leases, though others have none; may be repeated', addTo)
    .option('--no-signing', 'a network whose messages and records are not signed')
    .option('--noise', 'a network whose links are encrypted by Noise')
    .addOption(
      new Option(
        '--ca <file>',
        "a network whose links are encrypted by TLS: trust nodes with certificates of these authorities, PEM; default: the platform's",
      ).env('TS2P_CA'),
    )
    .addOption(
      new Option('--key <file>', 'be the node of this key, made by keygen; default: somebody new').env('TS2P_KEY'),
    )
}

function addTo(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** A whole number of at least `min`, and at most `max`. */
export function parseWhole(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(
      `It must be a whole number of at least ${min}${max < Number.MAX_SAFE_INTEGER ? `, and at most ${max}` : ''}.`,
    )
  }
}
