import { Swarm } from './swarm.ts'
import type { Findings, Result } from './result.ts'

/** How long the network is divided, milliseconds: long enough for each part to find links enough in itself. */
const dividedMs = 120_000
const withinMs = 600_000

/** Divides a network, puts the wires together again, and waits until one message reaches all. */
export async function measureHealing(options: {
  readonly seed: number
  readonly nodes: number
  readonly ways: readonly number[]
}): Promise<Findings> {
  const results: Result[] = []
  for (const ways of options.ways) {
    const swarm = await new Swarm({ seed: options.seed, nodes: options.nodes }).assemble()
    const parts = Array.from({ length: ways }, (_, part) =>
      swarm.members.filter(({ index }) => index % ways === part).map(({ host }) => host),
    )
    swarm.network.partition(parts)
    await swarm.pass(dividedMs)
    swarm.network.heal()
    const healedAt = swarm.simulation.elapsedMs
    let spread = swarm.spread(swarm.simulation.random.pick(swarm.members), swarm.members, 1000)
    while (spread.reached < spread.expected && swarm.simulation.elapsedMs - healedAt < withinMs) {
      await swarm.pass(2000)
      spread = swarm.spread(swarm.simulation.random.pick(swarm.members), swarm.members, 1000)
    }
    results.push({
      title: `${options.nodes} nodes divided in ${ways}: whole again after`,
      value: `${((swarm.simulation.elapsedMs - healedAt) / 1000).toFixed(0)} s`,
      goal: { text: 'within 90 s, without a connect()', isMet: swarm.simulation.elapsedMs - healedAt <= 90_000 },
    })
  }
  return { results, charts: [] }
}
