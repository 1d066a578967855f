import { Swarm } from './swarm.ts'
import { middle } from './growth.ts'
import { atMost } from './result.ts'
import type { Findings } from './result.ts'

/** How often some nodes die, how many of all, and how long the others then have, milliseconds. */
const [rounds, share, pauseMs] = [12, 0.04, 12_000]

/** What becomes of a tree while nodes die and others link anew: its delay, against that of messages of nodes that speak for the first time. */
export async function measureChurn({ seed, nodes }: { seed: number; nodes: number }): Promise<Findings> {
  const swarm = await new Swarm({ seed, nodes }).assemble()
  const [speaker] = swarm.members
  if (!speaker) throw new RangeError('There are no nodes.')
  const last: number[] = []
  for (let round = 0; round < rounds; round++) {
    const survivors = swarm.kill(share, [speaker])
    await swarm.pass(pauseMs)
    swarm.spread(speaker, survivors)
    await swarm.pass(2000)
    last.push(swarm.spread(speaker, survivors).lastMs)
  }
  // Who speaks for the first time is heard by the quickest ways that there are.
  const quickest = swarm.members.slice(1, 6).map((member) => swarm.spread(member, swarm.members).lastMs)
  const ratio = middle(last.slice(-6)) / middle(quickest)
  const title = `${nodes} nodes, ${rounds} times ${100 * share} % die: delay of an old tree's last node, of a first message's`
  return { results: [atMost(title, ratio, 1.4)], charts: [] }
}
