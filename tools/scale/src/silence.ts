import { Swarm } from './swarm.ts'
import { percent } from './result.ts'
import type { Findings } from './result.ts'

/** One of five nodes hears everything and says nothing, though its links stay: whom a message reaches in spite of that. */
export async function measureSilence({ seed, nodes }: { seed: number; nodes: number }): Promise<Findings> {
  const swarm = await new Swarm({ seed, nodes }).assemble()
  const [speaker] = swarm.members
  if (!speaker) throw new RangeError('There are no nodes.')
  for (let count = 0; count < 3; count++) {
    swarm.spread(speaker, swarm.members)
    await swarm.pass(500)
  }
  const speaking = swarm.members.filter(({ index }) => index % 5 !== 4)
  for (const member of swarm.members) if (!speaking.includes(member)) swarm.network.silence(member.host, true)
  let [reached, expected] = [0, 0]
  for (let count = 0; count < 10; count++) {
    const spread = swarm.spread(speaker, reachable(speaking, swarm), 3000)
    reached += spread.reached
    expected += spread.expected
    await swarm.pass(1000)
  }
  return {
    results: [
      {
        title: `${nodes} nodes, 1 of 5 silent: nodes reached within 3 s that can be`,
        value: percent(reached / expected),
        goal: { text: 'at least 99.9 %', isMet: reached / expected >= 0.999 },
      },
    ],
    charts: [],
  }
}

/** Those of the speaking nodes to which links lead over others of them: nobody else can say anything to them. */
function reachable(speaking: readonly Swarm['members'][number][], { members }: Swarm): Swarm['members'] {
  const byId = new Map(speaking.map((member) => [member.socket.id, member]))
  const [first] = speaking
  const found = new Set(first ? [first] : [])
  for (const member of found) {
    for (const id of member.socket.routingTable?.keys() ?? []) {
      const next = byId.get(id)
      if (next) found.add(next)
    }
  }
  return members.filter((member) => found.has(member))
}
