import type { Random, SimulatedNetwork } from '@ts2p/simulator'
import type { SyncSocket, SyncSocketOptions } from '@ts2p/sync'
import { nodePort, pass, startSync } from './simulated-nodes.ts'
import type { SimulatedNode } from './simulated-nodes.ts'

export type SyncNode = SimulatedNode<SyncSocket<string, string>>

/** Nodes that join at about the same time, and how long the others wait, milliseconds. */
const wave = { share: 0.05, ms: 250 } as const

/** So many dictionaries; each knows one that was there before it, and joins by that. */
export async function startSwarm(
  network: SimulatedNetwork,
  {
    size,
    random,
    options = {},
  }: { size: number; random: Random; options?: Partial<SyncSocketOptions<string, string>> },
): Promise<SyncNode[]> {
  const nodes: SyncNode[] = []
  let [joining, waveSize] = [0, 1]
  for (let index = 0; index < size; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- in waves, as nodes join
    const node = await startSync(network, `n${index}`, options)
    if (index > 0) node.socket.connect(`n${random.integer(0, index - 1)}`, nodePort).catch(() => undefined)
    nodes.push(node)
    joining += 1
    if (joining < waveSize && index < size - 1) continue
    // oxlint-disable-next-line no-await-in-loop
    await pass(network, wave.ms, 50)
    joining = 0
    waveSize = Math.max(1, Math.ceil(nodes.length * wave.share))
  }
  return nodes
}
