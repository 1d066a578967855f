import { quickSignatures, Simulation, SimulatedNetwork } from '@ts2p/simulator'
import type { Faults, Host } from '@ts2p/simulator'
import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'
import { onTestFailed } from 'vitest'
import type { Lock } from './held-lock.ts'
import { lock } from './lock.ts'
import type { LockOptions } from './lock.ts'

export interface Node {
  readonly name: string
  readonly host: Host
  readonly socket: SyncSocket<string, string>
}

const port = 4444

/** A simulated network. When the test fails, it says by which seed it can be run again. */
export function createNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  onTestFailed(() => console.error(`The simulation had the seed ${seed}.`))
  return new SimulatedNetwork(new Simulation({ seed, ed25519: quickSignatures }), faults)
}

/** Nodes that are linked: each but the first has joined by the first one's address. Their leases last 10 s unless told otherwise. */
export async function startNodes(
  network: SimulatedNetwork,
  names: readonly string[],
  options: Partial<SyncSocketOptions<string, string>> & { skewsMs?: readonly number[] } = {},
): Promise<Node[]> {
  const { skewsMs = [], ...socketOptions } = options
  const nodes = names.map((name, index): Node => {
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

/** Lets promises settle that need no more virtual time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** What a promise came to, for those that must not be awaited before virtual time has passed. */
function outcomeOf<T>(promise: Promise<T>): { value: T | undefined; error: unknown } {
  const outcome: { value: T | undefined; error: unknown } = { value: undefined, error: undefined }
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  )
  return outcome
}

/** A node asks for the lock of the tests. */
export function ask(
  { socket, host }: Node,
  options: LockOptions<string> = {},
): { value: Lock | undefined; error: unknown } {
  return outcomeOf(lock(socket, 'lock', { environment: host.environment, ...options }))
}
