import { Crowd } from './crowd.ts'
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
    const crowd = await new Crowd({ seed: options.seed, nodes: options.nodes }).assemble()
    const parts = Array.from({ length: ways }, (_, part) =>
      crowd.members.filter(({ index }) => index % ways === part).map(({ host }) => host),
    )
    crowd.network.partition(parts)
    await crowd.pass(dividedMs)
    crowd.network.heal()
    const healedAt = crowd.simulation.elapsedMs
    let spread = crowd.spread(crowd.simulation.random.pick(crowd.members), crowd.members, 1000)
    while (spread.reached < spread.expected && crowd.simulation.elapsedMs - healedAt < withinMs) {
      await crowd.pass(2000)
      spread = crowd.spread(crowd.simulation.random.pick(crowd.members), crowd.members, 1000)
    }
    results.push({
      title: `${options.nodes} nodes divided in ${ways}: whole again after`,
      value: `${((crowd.simulation.elapsedMs - healedAt) / 1000).toFixed(0)} s`,
      goal: { text: 'within 90 s, without a connect()', isMet: crowd.simulation.elapsedMs - healedAt <= 90_000 },
    })
  }
  return { results, charts: [] }
}
