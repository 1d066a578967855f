import { quickSignatures, Simulation, SimulatedNetwork } from '@ts2p/simulator'
import type { Faults, Host } from '@ts2p/simulator'
import { textFromBytes } from '@ts2p/protocol'
import { onTestFailed } from 'vitest'
import { MeshSocket } from '../src/mesh-socket.ts'
import type { MeshSocketOptions } from '../src/mesh-options.ts'
import type { Message } from '../src/messages/message.ts'

/** The port of every simulated node; its host is its name. */
export const port = 4444

/** A simulated network. When the test fails, it says by which seed it can be run again. */
export function createNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  onTestFailed(() => console.error(`The simulation had the seed ${seed}.`))
  // Most of a mesh's signatures are in handshakes, which the tests of @ts2p/base make real ones for.
  return new SimulatedNetwork(new Simulation({ seed, ed25519: quickSignatures }), faults)
}

/** A node, its host, and what it was told. */
export interface Node {
  readonly name: string
  readonly host: Host
  readonly socket: MeshSocket
  /** Names of events, in order. */
  readonly events: string[]
}

/** A node that listens on its host, named for it. */
export async function startNode(
  network: SimulatedNetwork,
  name: string,
  options: Partial<MeshSocketOptions> = {},
): Promise<Node> {
  const host = network.simulation.host(name)
  const socket = new MeshSocket({
    transports: [network.transport(host)],
    listen: { host: name, port },
    environment: host.environment,
    ...options,
  })
  const events: string[] = []
  socket.on('connect', () => events.push('connect'))
  socket.on('disconnect', () => events.push('disconnect'))
  socket.on('message', () => events.push('message'))
  socket.on('refused', ({ refusal, refusedBy }) => events.push(`refused ${refusal} by ${refusedBy}`))
  await socket.listen()
  return { name, host, socket, events }
}

/** So many nodes; each but the first joins by the first one's address alone. */
export async function startNetwork(
  network: SimulatedNetwork,
  size: number,
  options: Partial<MeshSocketOptions> = {},
): Promise<Node[]> {
  const nodes: Node[] = []
  for (let index = 0; index < size; index++) nodes.push(await startNode(network, `n${index}`, options))
  const joined = nodes.slice(1).map(({ socket }) => socket.connect('n0', port))
  network.simulation.runFor(5000)
  await Promise.all(joined)
  return nodes
}

/** Nodes linked as told and in no other way: they exchange no addresses. */
export async function startTopology(
  network: SimulatedNetwork,
  names: readonly string[],
  links: readonly (readonly [from: string, to: string])[],
  options: Partial<MeshSocketOptions> = {},
): Promise<Record<string, Node>> {
  const nodes: Record<string, Node> = {}
  for (const name of names) {
    nodes[name] = await startNode(network, name, { ...options, limits: { ...options.limits, exchangeAddressesMax: 0 } })
  }
  for (const [from, to] of links) await connect(network, nodeIn(nodes, from), nodeIn(nodes, to))
  return nodes
}

/** A chain: each node is linked with the next one only. */
export function startChain(
  network: SimulatedNetwork,
  names: readonly string[],
  options: Partial<MeshSocketOptions> = {},
): Promise<Record<string, Node>> {
  const links = names.slice(1).map((name, index) => [name, names[index] ?? name] as const)
  return startTopology(network, names, links, options)
}

/** One node connects to another, and virtual time passes until it is. */
export async function connect(network: SimulatedNetwork, from: Node, to: Node): Promise<void> {
  const connected = from.socket.connect(to.name, port)
  for (let slice = 0; slice < 10; slice++) {
    network.simulation.runFor(100)
    await settled()
  }
  await connected
}

export function nodeIn(nodes: Readonly<Record<string, Node>>, name: string): Node {
  const node = nodes[name]
  if (!node) throw new RangeError(`There is no node ${name}.`)
  return node
}

/** The packets of a message after its type, as text. */
export function textOf(message: Message): string {
  return message.packets.slice(1).map(textFromBytes).join(' ')
}

/** All that a node has received and not taken, as text. */
export function received({ socket }: Node): string[] {
  return socket.recv(1_000_000).map(textOf)
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

/** Closes a node in virtual time. */
export async function closeIn(network: SimulatedNetwork, socket: MeshSocket): Promise<void> {
  const closed = socket.close()
  await settled()
  network.simulation.runFor(15_000)
  await closed
}
