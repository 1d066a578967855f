import type { Host, SimulatedNetwork } from '@ts2p/simulator'
import { connect, settled, simulatedPort } from '@ts2p/simulator/testing'
import { createSubnet, textFromBytes } from '@ts2p/protocol'
import type { Subnet } from '@ts2p/protocol'
import { MeshSocket } from '../src/mesh-socket.ts'
import type { MeshSocketOptions } from '../src/mesh-options.ts'
import type { Message } from '../src/messages/message.ts'

export { connect, createNetwork, outcomeOf, settled } from '@ts2p/simulator/testing'

/** The port of every simulated node; its host is its name. */
export const port: number = simulatedPort

/** The subnet of simulated nodes, for a base socket that is to be linked with them. */
export const meshSubnet: Subnet = createSubnet({
  ...{ description: 'mesh', security: 'plaintext' },
  terms: [{ name: 'mesh.signing', value: 'on' }],
})

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
  for (const [from, to] of links) await connect(network, nodeIn(nodes, from).socket, to)
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

/** Closes a node in virtual time. */
export async function closeIn(network: SimulatedNetwork, socket: MeshSocket): Promise<void> {
  const closed = socket.close()
  await settled()
  network.simulation.runFor(15_000)
  await closed
}
