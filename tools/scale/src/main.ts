// Networks of up to ten thousand nodes: pnpm sim:mesh
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { draw } from '@ts2p/charts'
import { measureChurn } from './churn.ts'
import { measureConvergence } from './convergence.ts'
import { measureFailures } from './failures.ts'
import { measureGrowth } from './growth.ts'
import { measureHealing } from './healing.ts'
import { measureRedundancy } from './redundancy.ts'
import type { Findings, Result } from './result.ts'
import { measureSilence } from './silence.ts'

const charts = new URL('../../../docs/charts/', import.meta.url)
const usage = `pnpm sim:mesh [--seed N] [--nodes-max N] [--only NAME,…] [--json] [--no-charts]
  --nodes-max   the largest network, default 10000
  --only        growth, redundancy, churn, failures, dial-only, healing, silence, convergence`

try {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      seed: { type: 'string', default: '1' },
      'nodes-max': { type: 'string', default: '10000' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      'no-charts': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) console.log(usage)
  else process.exitCode = await run(Number(values.seed), Number(values['nodes-max']), values)
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}

/** Runs the experiments, prints what they yield and draws it. @returns the exit code */
async function run(
  seed: number,
  nodesMax: number,
  options: { readonly only?: string | undefined; readonly json: boolean; readonly 'no-charts': boolean },
): Promise<number> {
  const upTo = (nodes: number): number => Math.min(nodes, nodesMax)
  const progress = (text: string): void => console.error(`  ${text}`)
  const sizes = [10, 32, 100, 316, 1000, 3162, 10_000].filter((nodes) => nodes <= nodesMax)
  const shares = [0.1, 0.2, 0.3, 0.4, 0.5]
  const experiments: Readonly<Record<string, () => Promise<Findings>>> = {
    growth: () => measureGrowth({ seed, sizes, progress }),
    redundancy: () => measureRedundancy({ seed, nodes: upTo(1000) }),
    churn: () => measureChurn({ seed, nodes: upTo(1000) }),
    failures: () => measureFailures({ seed, nodes: upTo(1000), shares }),
    'dial-only': () => measureFailures({ seed, nodes: upTo(300), shares: [0.3, 0.5], dialOnly: 0.7 }),
    healing: async () =>
      both(
        await measureHealing({ seed, nodes: 20, ways: [2, 3, 5] }),
        await measureHealing({ seed, nodes: upTo(100), ways: [2, 3, 5] }),
      ),
    silence: () => measureSilence({ seed, nodes: upTo(500) }),
    convergence: () => measureConvergence({ seed, sizes: [10, 32, 100, 316].filter((nodes) => nodes <= nodesMax) }),
  }
  const names = options.only?.split(',') ?? Object.keys(experiments)
  const all: Result[] = []
  for (const name of names) {
    const experiment = experiments[name]
    if (!experiment) throw new TypeError(`There is no experiment ${name}.`)
    console.error(name)
    const findings = await experiment()
    all.push(...findings.results)
    if (!options.json) for (const result of findings.results) console.log(lineOf(result))
    if (options['no-charts']) continue
    mkdirSync(charts, { recursive: true })
    for (const chart of findings.charts) writeFileSync(new URL(`${chart.name}.svg`, charts), draw(chart))
  }
  if (options.json) console.log(JSON.stringify({ seed, results: all }, undefined, 2))
  const missed = all.filter(({ goal }) => goal?.isMet === false)
  if (!options.json) console.log(`\nseed ${seed}: ${all.length} figures, ${missed.length} goals missed`)
  return missed.length === 0 ? 0 : 1
}

function both(one: Findings, other: Findings): Findings {
  return { results: [...one.results, ...other.results], charts: [...one.charts, ...other.charts] }
}

function lineOf({ title, value, goal }: Result): string {
  const verdict = goal ? `  ${goal.isMet ? 'yes' : 'NO'}: ${goal.text}` : ''
  return `${title.padEnd(66)} ${value}${verdict}`
}
