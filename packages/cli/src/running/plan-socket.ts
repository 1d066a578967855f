import type { Environment, Transport } from '@ts2p/base'
import type { SyncSocketOptions } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'
import { websocket } from '@ts2p/transport-websocket'
import type { JoinAddress } from './address.ts'
import { readIdentity } from './identity-file.ts'
import type { NetworkOptions } from './network-options.ts'
import { hasTls, tlsTransports } from './tls-files.ts'

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

/** What these options make of a socket. @throws {FileError} @throws {UsageError} TLS and Noise were both asked for. */
export async function planSocket(options: NetworkOptions, environment: Environment): Promise<SocketPlan> {
  const { subnet, secret, leaseSeconds, leaseSecondsMax, leasing, leased = [], unleased = [], signing, key } = options
  const { transports, transportOf } = await linksOf(options)
  return {
    transportOf,
    socketOptions: {
      environment,
      leasing,
      policies: [
        ...leased.map((prefix) => ({ prefix, leasing: true })),
        ...unleased.map((prefix) => ({ prefix, leasing: false })),
      ],
      signing,
      transports,
      ...(subnet === undefined ? {} : { subnet }),
      ...(secret === undefined ? {} : { secret }),
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
      ...(leaseSecondsMax === undefined ? {} : { leaseSecondsMax }),
      ...(key === undefined ? {} : { identity: readIdentity(key) }),
    },
  }
}

/** The transports of the network, and what they are called there. */
async function linksOf(
  options: NetworkOptions,
): Promise<Pick<SocketPlan, 'transportOf'> & { transports: readonly Transport[] }> {
  if (hasTls(options)) {
    return { transports: tlsTransports(options), transportOf: (transport) => (transport === 'ws' ? 'wss' : 'tls') }
  }
  if (options.noise) {
    const { noise } = await import('@ts2p/transport-noise')
    return { transports: [noise(tcp()), noise(websocket())], transportOf: (transport) => `noise+${transport}` }
  }
  return { transports: [tcp(), websocket()], transportOf: (transport) => transport }
}
