import type { SimulatedNetwork } from '@ts2p/simulator'
import { settled, simulatedPort } from '@ts2p/simulator/testing'
import type { Transport } from '../src/index.ts'
import { base, mesh, sync } from '../src/index.ts'

export { createNetwork } from '@ts2p/simulator/testing'

/** The port of every simulated node; its host is its name. */
export const port: number = simulatedPort

/** Virtual milliseconds between two moments at which promises settle. */
const stepMs = 5

/** A socket by the seed's names, on a host of its own. Its host listens only after a delay, virtual milliseconds. */
export function createSocket(
  network: SimulatedNetwork,
  name: string,
  options: { subnet?: string; outAddr?: readonly [string, number]; listenDelayMs?: number; isDialOnly?: boolean } = {},
): mesh.mesh_socket {
  const { subnet = 'cats', outAddr, listenDelayMs = 0, isDialOnly = false } = options
  const protocol = new base.protocol(subnet, 'Plaintext')
  const addr = isDialOnly ? null : name
  return new mesh.mesh_socket(addr, port, protocol, outAddr, 0, runtime(network, name, listenDelayMs))
}

/** As `createSocket`, with a dictionary. */
export function createDictionary(
  network: SimulatedNetwork,
  name: string,
  { leasing, listenDelayMs = 0 }: { leasing?: unknown; listenDelayMs?: number } = {},
): sync.sync_socket {
  return new sync.sync_socket(name, port, leasing, null, null, 0, runtime(network, name, listenDelayMs))
}

/** Lets virtual time pass, and promises settle in it. */
export async function pass(network: SimulatedNetwork, ms: number): Promise<void> {
  const { simulation } = network
  const end = simulation.elapsedMs + ms
  await settled()
  while (simulation.elapsedMs < end) {
    simulation.runFor(Math.min(stepMs, end - simulation.elapsedMs))
    await settled()
  }
}

/** Lets virtual time pass until these sockets listen. */
export async function listening(
  network: SimulatedNetwork,
  ...sockets: readonly { ready: Promise<void> }[]
): Promise<void> {
  await Promise.all([...sockets.map(({ ready }) => ready), pass(network, 100)])
}

function runtime(network: SimulatedNetwork, name: string, listenDelayMs: number) {
  const host = network.simulation.host(name)
  const transport = network.transport(host)
  const slow: Transport = {
    ...transport,
    listen: (...wanted) =>
      new Promise((resolve, reject) => {
        network.simulation.schedule(listenDelayMs, () => void transport.listen?.(...wanted).then(resolve, reject))
      }),
  }
  return { environment: host.environment, transports: [slow] as const }
}
