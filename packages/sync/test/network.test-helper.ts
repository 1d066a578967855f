import { quickSignatures, Simulation, SimulatedNetwork } from '@ts2p/simulator'
import type { Faults, Host } from '@ts2p/simulator'
import { onTestFailed } from 'vitest'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'

/** The port of every simulated node; its host is its name. */
export const port = 4444

/** A simulated network, in which signatures prove nothing. When the test fails, it says by which seed it can be run again. */
export function createNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return networkOf(new Simulation({ seed, ed25519: quickSignatures }), faults)
}

/** A simulated network with signatures of Ed25519, for tests that forge them. */
export function createSigningNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return networkOf(new Simulation({ seed }), faults)
}

function networkOf(simulation: Simulation, faults: Partial<Faults>): SimulatedNetwork {
  onTestFailed(() => console.error(`The simulation had the seed ${simulation.seed}.`))
  return new SimulatedNetwork(simulation, faults)
}

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

/** One node connects to the node of a name, and virtual time passes until it has. */
export async function connect(network: SimulatedNetwork, from: Pick<SyncSocket, 'connect'>, to: string): Promise<void> {
  const connected = from.connect(to, port)
  for (let slice = 0; slice < 10; slice++) {
    network.simulation.runFor(100)
    await settled()
  }
  await connected
}

/** What a node holds, in the order of the keys. */
export function contents<V>(socket: SyncSocket<string, V>): [string, V][] {
  return [...socket].toSorted(([x], [y]) => (x < y ? -1 : 1))
}

/** What a promise came to, for those that must not be awaited before virtual time has passed. */
export function outcomeOf<T>(promise: Promise<T>): { value: T | undefined; error: unknown } {
  const outcome: { value: T | undefined; error: unknown } = { value: undefined, error: undefined }
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  )
  return outcome
}

/** Lets promises settle that need no more virtual time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
