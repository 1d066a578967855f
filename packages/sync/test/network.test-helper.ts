import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { simulatedPort } from '@ts2p/simulator/testing'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'

export { connect, createNetwork, createSigningNetwork, outcomeOf, settled } from '@ts2p/simulator/testing'

/** The port of every simulated node; its host is its name. */
export const port: number = simulatedPort

/** A node with strings as keys and values, and its host. */
export interface Node {
  readonly host: Host
  readonly socket: SyncSocket<string, string>
}

/** A node that listens on its host, named for it. */
export async function startNode(
  network: SimulatedNetwork,
  name: string,
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<Node> {
  const host = network.simulation.host(name)
  const socket = new SyncSocket<string, string>({
    ...atHost(network, host),
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    ...options,
  })
  await socket.listen()
  return { host, socket }
}

/** The options that put a socket on a simulated host. */
export function atHost(
  network: SimulatedNetwork,
  host: Host,
): Pick<SyncSocketOptions, 'transports' | 'listen' | 'environment'> {
  return { transports: [network.transport(host)], listen: { host: host.name, port }, environment: host.environment }
}

/** Nodes by their names; each but the first has joined by the first one's address. */
export async function startNetwork<N extends string>(
  network: SimulatedNetwork,
  names: readonly N[],
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<Record<N, SyncSocket<string, string>>> {
  const [first, ...others] = names
  const nodes = new Map<string, SyncSocket<string, string>>()
  for (const name of names) nodes.set(name, (await startNode(network, name, options)).socket)
  const joined = others.map(async (name) => nodes.get(name)?.connect(first ?? name, port))
  network.simulation.runFor(3000)
  await Promise.all(joined)
  // Every name has its node.
  return Object.fromEntries(nodes) as Record<N, SyncSocket<string, string>>
}

/** Nodes that are not linked yet. */
export async function startApart<N extends string>(
  network: SimulatedNetwork,
  names: readonly N[],
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<Record<N, SyncSocket<string, string>>> {
  const nodes = new Map<string, SyncSocket<string, string>>()
  for (const name of names) nodes.set(name, (await startNode(network, name, options)).socket)
  // Every name has its node.
  return Object.fromEntries(nodes) as Record<N, SyncSocket<string, string>>
}

/** What a node holds, in the order of the keys. */
export function contents<V>(socket: SyncSocket<string, V>): [string, V][] {
  return [...socket].toSorted(([x], [y]) => (x < y ? -1 : 1))
}
