import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { Environment, Transport } from '@ts2p/base'
import type { SyncSocketOptions } from '@ts2p/sync'
import { noise } from '@ts2p/transport-noise'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import { parseAddress } from './address.ts'
import type { JoinAddress } from './address.ts'
import { readIdentity } from './identity-file.ts'
import { hasTls, tlsTransports } from './tls-files.ts'
import type { TlsOptions } from './tls-files.ts'

/** What every command that is a node is told of its network. */
export interface NetworkOptions extends TlsOptions {
  readonly subnet?: string
  readonly secret?: string
  readonly leaseSeconds?: number
  readonly leasing: boolean
  readonly signing: boolean
  readonly key?: string
}

/** What a socket is made with, and how the names of its transports are. */
export interface SocketPlan {
  readonly socketOptions: SyncSocketOptions
  /** The name of a transport, as this network has it. */
  readonly transportOf: (transport: 'tcp' | 'ws') => string
}

/** How a node that stays for one command joins. */
export interface JoinPlan extends SocketPlan {
  readonly addresses: readonly JoinAddress[]
  readonly joinSeconds: number
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
    .option('--no-leasing', 'a network without leases: the last write wins')
    .option('--no-signing', 'a network whose records are not signed')
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

/** What these options make of a socket. @throws {FileError} @throws {UsageError} TLS and Noise were both asked for. */
export function planSocket(options: NetworkOptions, environment: Environment): SocketPlan {
  const { subnet, secret, leaseSeconds, leasing, signing, key } = options
  const { transports, transportOf } = linksOf(options)
  return {
    transportOf,
    socketOptions: {
      environment,
      leasing,
      signing,
      transports,
      ...(subnet === undefined ? {} : { subnet }),
      ...(secret === undefined ? {} : { secret }),
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
      ...(key === undefined ? {} : { identity: readIdentity(key) }),
    },
  }
}

/** The transports of the network, and what they are called there. */
function linksOf(options: NetworkOptions): Pick<SocketPlan, 'transportOf'> & { transports: readonly Transport[] } {
  if (hasTls(options)) {
    return { transports: tlsTransports(options), transportOf: (transport) => (transport === 'ws' ? 'wss' : 'tls') }
  }
  if (options.noise) {
    return { transports: [noise(tcp()), noise(websocket())], transportOf: (transport) => `noise+${transport}` }
  }
  return { transports: [tcp(), websocket()], transportOf: (transport) => transport }
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
