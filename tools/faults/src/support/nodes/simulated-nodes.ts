import { BaseSocket } from '@ts2p/base'
import type { BaseHandler, BaseSocketOptions } from '@ts2p/base'
import { MeshSocket } from '@ts2p/mesh'
import type { MeshSocketOptions } from '@ts2p/mesh'
import { createSubnet, identityFromSeed } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'
import { quickSignatures, settled, simulatedPort, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import type { Faults, Host } from '@ts2p/simulator'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'

export { outcomeOf, settled } from '@ts2p/simulator'

/** The port of every simulated node; its host is its name. */
export const nodePort: number = simulatedPort

/** A simulated network in which signatures cost next to nothing and prove nothing. */
export function createNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return new SimulatedNetwork(new Simulation({ seed, ed25519: quickSignatures }), faults)
}

/** A simulated network with signatures of Ed25519, for cases that forge them. */
export function createSigningNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return new SimulatedNetwork(new Simulation({ seed }), faults)
}

/** A node and its host. */
export interface SimulatedNode<S> {
  readonly name: string
  readonly host: Host
  readonly socket: S
}

/** A mesh node that listens on a host of its own. */
export async function startMesh(
  network: SimulatedNetwork,
  name: string,
  options: Partial<MeshSocketOptions> = {},
): Promise<SimulatedNode<MeshSocket>> {
  const host = network.simulation.host(name)
  const socket = new MeshSocket({ ...atHost(network, host), ...options })
  await socket.listen()
  return { name, host, socket }
}

/** A dictionary with strings as keys and values that listens on a host of its own. */
export async function startSync(
  network: SimulatedNetwork,
  name: string,
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<SimulatedNode<SyncSocket<string, string>>> {
  const host = network.simulation.host(name)
  const socket = new SyncSocket<string, string>({
    ...atHost(network, host),
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    ...options,
  })
  // With a persistence on a simulated host, `listen` resolves only as virtual time passes.
  const listening = socket.listen()
  await pass(network, 10)
  await listening
  return { name, host, socket }
}

/** A base node that listens on a host, of its own if none is given. */
export async function startBase(
  network: SimulatedNetwork,
  name: string,
  options: Partial<BaseSocketOptions> & { readonly host?: Host } = {},
  handler?: BaseHandler,
): Promise<SimulatedNode<BaseSocket>> {
  const { host = network.simulation.host(name), ...rest } = options
  const { environment } = host
  const identity = identityFromSeed(environment.randomBytes(32), environment.ed25519)
  const subnet = createSubnet({ description: 'faults', security: 'plaintext' })
  const common = { identity, subnet, environment, transports: [network.transport(host)] }
  const socket = new BaseSocket({ ...common, listen: [{ host: host.name, port: nodePort }], ...rest }, handler)
  await socket.listen()
  return { name, host, socket }
}

/** The options that put a socket on a simulated host. */
export function atHost(
  network: SimulatedNetwork,
  host: Host,
): Pick<MeshSocketOptions, 'transports' | 'environment'> & { listen: { host: string; port: number } } {
  const listen = { host: host.name, port: nodePort }
  return { transports: [network.transport(host)], listen, environment: host.environment }
}

export function addressOf(name: string): Address {
  return { transport: 'sim', host: name, port: nodePort }
}

/** Virtual time goes by, and promises settle now and then. */
export async function pass(network: SimulatedNetwork, ms: number, stepMs = 100): Promise<void> {
  const { simulation } = network
  const end = simulation.elapsedMs + ms
  while (simulation.elapsedMs < end) {
    simulation.runFor(Math.min(stepMs, end - simulation.elapsedMs))
    // oxlint-disable-next-line no-await-in-loop -- time has an order
    await settled()
  }
}

/** Virtual time goes by until a condition holds. @returns whether it held within `withinMs` */
export async function passUntil(
  network: SimulatedNetwork,
  condition: () => boolean,
  withinMs: number,
  stepMs = 100,
): Promise<boolean> {
  const end = network.simulation.elapsedMs + withinMs
  while (!condition()) {
    if (network.simulation.elapsedMs >= end) return false
    // oxlint-disable-next-line no-await-in-loop -- time has an order
    await pass(network, stepMs, stepMs)
  }
  return true
}

/** The code of an error, or the text of what was thrown. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)
}
