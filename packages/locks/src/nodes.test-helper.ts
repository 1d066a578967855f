import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { outcomeOf, settled, simulatedPort as port } from '@ts2p/simulator/testing'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'
import type { Lock } from './held-lock.ts'
import { lock } from './lock.ts'
import type { LockOptions } from './lock.ts'

export interface TestNode {
  readonly name: string
  readonly host: Host
  readonly socket: SyncSocket<string, string>
}

export { createNetwork, settled } from '@ts2p/simulator/testing'

/** Nodes that are linked: each but the first has joined by the first one's address. Their leases last 10 s unless told otherwise. */
export async function startNodes(
  network: SimulatedNetwork,
  names: readonly string[],
  options: Partial<SyncSocketOptions<string, string>> & { skewsMs?: readonly number[] } = {},
): Promise<TestNode[]> {
  const { skewsMs = [], ...socketOptions } = options
  const nodes = names.map((name, index): TestNode => {
    const host = network.simulation.host(name, { skewMs: skewsMs[index] ?? 0 })
    const socket = new SyncSocket<string, string>({
      transports: [network.transport(host)],
      listen: { host: name, port },
      environment: host.environment,
      keyEncoding: 'utf8',
      valueEncoding: 'utf8',
      leaseSeconds: 10,
      ...socketOptions,
    })
    return { name, host, socket }
  })
  for (const { socket } of nodes) await socket.listen()
  const [first, ...others] = nodes
  const joined = others.map(({ socket }) => socket.connect(first?.name ?? '', port))
  await advance(network, 3000)
  await Promise.all(joined)
  return nodes
}

/** Virtual time passes, in slices between which promises settle that need no more of it. */
export async function advance(
  network: SimulatedNetwork,
  ms: number,
  onSlice: () => void = () => undefined,
): Promise<void> {
  const sliceMs = 25
  for (let passed = 0; passed < ms; passed += sliceMs) {
    await settled()
    network.simulation.runFor(Math.min(sliceMs, ms - passed))
    onSlice()
  }
  await settled()
}

/** A node asks for the lock of the tests. */
export function ask(
  { socket, host }: TestNode,
  options: LockOptions<string> = {},
): { value: Lock | undefined; error: unknown } {
  return outcomeOf(lock(socket, 'lock', { environment: host.environment, ...options }))
}
