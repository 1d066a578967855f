import type { Series } from '@ts2p/charts'
import { Swarm } from './swarm.ts'
import type { Spread } from './swarm.ts'
import { fitLine } from './fit.ts'
import type { Findings, Result } from './result.ts'

type Points = [nodes: number, figure: number][]

/** Messages by which the tree grows, and messages that are measured. */
const [warmUp, measured] = [3, 10]

/** How far and for how long a message travels until the last node has it, in networks of these sizes. */
export async function measureGrowth(options: {
  readonly seed: number
  readonly sizes: readonly number[]
  readonly progress: (text: string) => void
}): Promise<Findings> {
  const last: Points = []
  const worst: Points = []
  const median: Points = []
  const hops: Points = []
  const control: Points = []
  const results: Result[] = []
  for (const nodes of options.sizes) {
    const swarm = await new Swarm({ seed: options.seed, nodes }).assemble()
    const speaker = swarm.simulation.random.pick(swarm.members)
    for (let count = 0; count < warmUp; count++) {
      swarm.spread(speaker, swarm.members)
      await swarm.pass(1000)
    }
    const before = swarm.totals()
    const startedAt = swarm.simulation.elapsedMs
    const spreads: Spread[] = []
    for (let count = 0; count < measured; count++) {
      spreads.push(swarm.spread(speaker, swarm.members))
      await swarm.pass(1000)
    }
    const seconds = (swarm.simulation.elapsedMs - startedAt) / 1000
    const controlPerNode = (swarm.totals().controlSent - before.controlSent) / nodes / seconds
    const most = (of: (spread: Spread) => number): number => Math.max(...spreads.map(of))
    // Of one message the last node is late if its branch has just broken, and a neighbor is asked.
    last.push([nodes, middle(spreads.map(({ lastMs }) => lastMs))])
    worst.push([nodes, most(({ lastMs }) => lastMs)])
    median.push([nodes, middle(spreads.map(({ medianMs }) => medianMs))])
    hops.push([nodes, most((spread) => spread.hops)])
    control.push([nodes, controlPerNode])
    const bound = 2 * Math.log2(nodes)
    const reached = Math.min(...spreads.map((spread) => spread.reached))
    results.push({
      title: `${nodes} nodes: last node`,
      value: `${middle(spreads.map(({ lastMs }) => lastMs)).toFixed(0)} ms (at most ${most(({ lastMs }) => lastMs).toFixed(0)}), ${most((spread) => spread.hops)} hops, ${reached} of ${nodes - 1} nodes, control ${controlPerNode.toFixed(1)}/s and node`,
      goal: {
        text: `all, hops at most 2·log2 n = ${bound.toFixed(1)}`,
        isMet: reached === nodes - 1 && most((spread) => spread.hops) <= bound,
      },
    })
    options.progress(
      `${nodes} nodes, ${swarm.simulation.events} events, ${swarm.simulation.elapsedMs / 1000} virtual seconds`,
    )
  }
  if (options.sizes.length > 2) {
    for (const [what, points] of [
      ['delay of the last node, ms', last],
      ['hops to the last node', hops],
    ] as const) {
      const { a, b, r2 } = fitLine(points.map(([nodes, value]) => [Math.log2(nodes), value]))
      results.push({ title: what, value: `${a.toFixed(1)} + ${b.toFixed(2)}·log2 n, R² ${r2.toFixed(3)}` })
    }
  }
  const x = { title: 'nodes', isLogarithmic: true }
  const chart = (name: string, title: string, y: string, series: Series[]) => ({
    name,
    title,
    x,
    y: { title: y },
    series,
  })
  return {
    results,
    charts: [
      chart('delay', 'How long a message travels', 'milliseconds', [
        { name: 'last node', points: last },
        { name: `last node, worst of ${measured} messages`, points: worst },
        { name: 'half of the nodes', points: median },
      ]),
      chart('hops', 'How far a message travels', 'links', [
        { name: 'last node', points: hops },
        { name: '2·log2 n', points: hops.map(([nodes]) => [nodes, 2 * Math.log2(nodes)] as const) },
      ]),
      chart('control', 'Control messages while one speaks once a second', 'per node and second', [
        { name: 'control', points: control },
      ]),
    ],
  }
}

/** The median. */
export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
