import { createNetwork } from './network.ts'
import type { MeshCase } from '../mesh-case.ts'
import type { BenchNode, MeshSubject } from './mesh-node.ts'
import { Pump } from './pump.ts'
import { reachAll, Tally } from '../figures/tally.ts'

/** A network in this process, one node of which sends as fast as it may, while the others keep count. */
export interface PumpedNetwork {
  readonly pump: Pump
  readonly nodes: readonly BenchNode[]
  readonly others: readonly BenchNode[]
  readonly tallies: readonly Tally[]
}

/** Makes one, at rest. */
export async function createPumpedNetwork(subject: MeshSubject, spec: MeshCase): Promise<PumpedNetwork> {
  const nodes = await createNetwork(subject, spec)
  const [sender, ...others] = nodes
  if (!sender) throw new TypeError('There is no node.')
  const tallies = others.map((node) => {
    const tally = new Tally()
    node.onPacket((packet) => tally.note(packet))
    return tally
  })
  return { pump: new Pump(sender, subject.windowMessages, (count) => reachAll(tallies, count)), nodes, others, tallies }
}
