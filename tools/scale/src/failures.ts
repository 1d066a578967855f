import { Swarm } from './swarm.ts'
import type { SwarmOptions } from './swarm.ts'
import { floodOf, gossipsubOf } from './other-rules.ts'
import { everyone } from './result.ts'
import type { Findings, Result } from './result.ts'

type Points = [share: number, reached: number][]

/** How long after the failure a message may need, milliseconds. */
const withinMs = 30_000

/** A share of the nodes dies at once, and at that moment one of the others speaks, and again a second later: whom it reaches. */
export async function measureFailures(options: {
  readonly seed: number
  readonly nodes: number
  readonly shares: readonly number[]
  readonly dialOnly?: number
}): Promise<Findings> {
  const { seed, nodes, shares, dialOnly = 0 } = options
  const results: Result[] = []
  const ours: Points = []
  const gossipsub: Points = []
  const flood: Points = []
  for (const share of shares) {
    const setting: SwarmOptions = { seed, nodes, dialOnly }
    const swarm = await new Swarm(setting).assemble()
    const [speaker] = swarm.members
    if (!speaker) throw new RangeError('There are no nodes.')
    for (let count = 0; count < 3; count++) {
      swarm.spread(speaker, swarm.members)
      await swarm.pass(500)
    }
    const survivors = swarm.kill(share, [speaker])
    const spread = swarm.spread(speaker, survivors, withinMs)
    const who = `${100 * share} % of ${nodes}${dialOnly > 0 ? ` (${100 * dialOnly} % only dial)` : ''} die`
    results.push(everyone(`${who}: survivors reached`, spread))
    results.push({
      title: `${who}: the last survivor after`,
      value: `${spread.lastMs.toFixed(0)} ms`,
      goal: { text: 'within 5 s', isMet: spread.lastMs <= 5000 },
    })
    ours.push([100 * share, spread.reached / spread.expected])
    const rules = { seed, nodes, share }
    const [other, all] = [gossipsubOf(rules), floodOf(rules)]
    gossipsub.push([100 * share, other.reached / other.expected])
    flood.push([100 * share, all.reached / all.expected])
    results.push({
      title: `${who}: gossipsub's rule`,
      value: `${other.reached} of ${other.expected}, last after ${other.lastMs.toFixed(0)} ms, ${other.redundancy.toFixed(1)} redundant copies`,
    })
    results.push({
      title: `${who}: flooding`,
      value: `${all.reached} of ${all.expected}, last after ${all.lastMs.toFixed(0)} ms, ${all.redundancy.toFixed(1)} redundant copies`,
    })
  }
  const name = dialOnly > 0 ? 'failures-dial-only' : 'failures'
  const scale = (points: Points) => points.map(([x, y]) => [x, 100 * y] as const)
  return {
    results,
    charts: [
      {
        name,
        title: 'Survivors that a message reaches which is sent while others die',
        x: { title: 'nodes that die at once, %' },
        y: { title: 'survivors reached, %' },
        series: [
          { name: 'ts2p', points: scale(ours) },
          { name: "gossipsub's rule", points: scale(gossipsub) },
          { name: 'flooding', points: scale(flood) },
        ],
      },
    ],
  }
}
