import { Crowd } from './crowd.ts'
import type { Member } from './crowd.ts'
import { atMost } from './result.ts'
import type { Findings } from './result.ts'

/** Redundant copies for each first one, once the trees stand: while one speaks, and while many do. */
export async function measureRedundancy({ seed, nodes }: { seed: number; nodes: number }): Promise<Findings> {
  const crowd = await new Crowd({ seed, nodes }).assemble()
  const many = crowd.simulation.random.shuffle(crowd.members).slice(0, Math.min(50, nodes))
  const one = await redundancyOf(crowd, many.slice(0, 1))
  const all = await redundancyOf(crowd, many)
  return {
    results: [
      atMost(`${nodes} nodes, one speaks: redundant copies for each first one`, one, 0.05),
      atMost(`${nodes} nodes, ${many.length} speak at once: redundant copies for each first one`, all, 0.1),
    ],
    charts: [],
  }
}

async function redundancyOf(crowd: Crowd, speakers: readonly Member[]): Promise<number> {
  const speak = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      for (const { socket } of speakers) socket.send(['x'])
      await crowd.pass(500)
    }
  }
  await speak(4)
  const before = crowd.totals()
  await speak(10)
  const after = crowd.totals()
  return (after.duplicatesReceived - before.duplicatesReceived) / (after.messagesReceived - before.messagesReceived)
}
