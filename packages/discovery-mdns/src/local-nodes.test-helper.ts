import { MeshSocket } from '@ts2p/mesh'
import { quickSignatures, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import type { Host } from '@ts2p/simulator'
import { onTestFailed } from 'vitest'
import { LocalDiscovery } from './discovery.ts'
import { MemoryGroup } from './memory-group.test-helper.ts'

/** A node of the mesh on a machine of the local network, and its discovery. */
export interface TestNode {
  readonly host: Host
  readonly socket: MeshSocket
  readonly discovery: LocalDiscovery
  /** Log entries of every level. */
  readonly log: string[]
}

/** Machines on one local network, whose nodes know no address of another. */
export class LocalNodes {
  readonly simulation: Simulation
  readonly wires: SimulatedNetwork
  readonly group: MemoryGroup

  constructor(seed: number) {
    onTestFailed(() => console.error(`The simulation had the seed ${seed}.`))
    this.simulation = new Simulation({ seed, ed25519: quickSignatures })
    this.wires = new SimulatedNetwork(this.simulation)
    this.group = new MemoryGroup(this.simulation)
  }

  async start(
    address: string,
    options: { subnet?: string; linksWanted?: number; isListening?: boolean } = {},
  ): Promise<TestNode> {
    const host = this.simulation.host(address)
    const log: string[] = []
    const environment = {
      ...host.environment,
      log: (level: string, sentence: string) => void log.push(`${level} ${sentence}`),
    }
    const socket = new MeshSocket({
      transports: [this.wires.transport(host)],
      environment,
      ...(options.isListening === false ? {} : { listen: { host: address, port: 4444 } }),
      ...(options.subnet === undefined ? {} : { subnet: options.subnet }),
    })
    await socket.listen()
    const { linksWanted = 3 } = options
    const discovery = new LocalDiscovery(socket, { environment, linksWanted, enter: this.group.entrance(address) })
    return { host, socket, discovery, log }
  }

  /** Lets virtual time pass, and promises settle between. */
  async pass(ms: number, sliceMs = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += sliceMs) {
      this.simulation.runFor(sliceMs)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

/** How many nodes this one is linked with. */
export function linksOf({ socket }: TestNode): number {
  return socket.routingTable?.size ?? 0
}

/** The sizes of the parts that cannot reach each other, largest first. */
export function partsOf(nodes: readonly TestNode[]): number[] {
  const left = new Map(nodes.map((node) => [String(node.socket.id), node]))
  const sizes: number[] = []
  for (const [id] of left) {
    const queue = [id]
    let size = 0
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const node = left.get(next)
      if (!node) continue
      left.delete(next)
      size += 1
      queue.push(...(node.socket.routingTable?.keys() ?? []))
    }
    if (size > 0) sizes.push(size)
  }
  return sizes.toSorted((a, b) => b - a)
}
