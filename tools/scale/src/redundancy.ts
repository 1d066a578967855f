import { Swarm } from './swarm.ts'
import type { SwarmNode } from './swarm.ts'
import { atMost } from './result.ts'
import type { Findings } from './result.ts'

/** Redundant copies for each first one, once the trees stand: while one speaks, and while many do. */
export async function measureRedundancy({ seed, nodes }: { seed: number; nodes: number }): Promise<Findings> {
  const swarm = await new Swarm({ seed, nodes }).assemble()
  const many = swarm.simulation.random.shuffle(swarm.members).slice(0, Math.min(50, nodes))
  const one = await redundancyOf(swarm, many.slice(0, 1))
  const all = await redundancyOf(swarm, many)
  return {
    results: [
      atMost(`${nodes} nodes, one speaks: redundant copies for each first one`, one, 0.05),
      atMost(`${nodes} nodes, ${many.length} speak at once: redundant copies for each first one`, all, 0.1),
    ],
    charts: [],
  }
}

async function redundancyOf(swarm: Swarm, speakers: readonly SwarmNode[]): Promise<number> {
  const speak = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      for (const { socket } of speakers) socket.send(['x'])
      await swarm.pass(500)
    }
  }
  await speak(4)
  const before = swarm.totals()
  await speak(10)
  const after = swarm.totals()
  return (after.duplicatesReceived - before.duplicatesReceived) / (after.messagesReceived - before.messagesReceived)
}
