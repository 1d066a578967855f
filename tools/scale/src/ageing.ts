import { Crowd } from './crowd.ts'
import { middle } from './growth.ts'
import { atMost } from './result.ts'
import type { Findings } from './result.ts'

/** How often some nodes die, how many of all, and how long the others then have, milliseconds. */
const [rounds, share, pauseMs] = [12, 0.04, 12_000]

/** What becomes of a tree while nodes die and others link anew: its delay, against that of messages of nodes that speak for the first time. */
export async function measureAgeing({ seed, nodes }: { seed: number; nodes: number }): Promise<Findings> {
  const crowd = await new Crowd({ seed, nodes }).assemble()
  const [speaker] = crowd.members
  if (!speaker) throw new RangeError('There are no nodes.')
  const last: number[] = []
  for (let round = 0; round < rounds; round++) {
    const survivors = crowd.kill(share, [speaker])
    await crowd.pass(pauseMs)
    crowd.spread(speaker, survivors)
    await crowd.pass(2000)
    last.push(crowd.spread(speaker, survivors).lastMs)
  }
  // Who speaks for the first time is heard by the quickest ways that there are.
  const quickest = crowd.members.slice(1, 6).map((member) => crowd.spread(member, crowd.members).lastMs)
  const ratio = middle(last.slice(-6)) / middle(quickest)
  const title = `${nodes} nodes, ${rounds} times ${100 * share} % die: delay of an old tree's last node, of a first message's`
  return { results: [atMost(title, ratio, 1.4)], charts: [] }
}
