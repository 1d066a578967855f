// Measures, keeps the figures and draws them: pnpm bench:charts
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { drawBenchCharts, resultFiles } from './bench-charts.ts'

const charts = new URL('../../../docs/charts/', import.meta.url)
/** Which rows of the mesh are drawn; the others take long. */
const meshRows = [...[2, 8, 16, 32, 100].map((nodes) => `throughput-${nodes}`), 'latency-32', 'heap-32']
const usage = `pnpm bench:charts [--quick] [--runs N] [--draw]
  --quick  one short run of each case, and the charts say so
  --runs   runs of every case, default 3
  --draw   measures nothing, and draws what benchmarks/results has`

try {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      draw: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) console.log(usage)
  else {
    const size = [...(values.quick ? ['--quick'] : []), ...(values.runs === undefined ? [] : ['--runs', values.runs])]
    if (!values.draw) {
      keep(resultFiles.js2p, '../main.js', size)
      keep(resultFiles.mesh, '../mesh/main.js', [...size, ...meshRows.flatMap((row) => ['--only', row])])
    }
    for (const [name, svg] of drawBenchCharts()) {
      writeFileSync(new URL(`${name}.svg`, charts), svg)
      console.log(`docs/charts/${name}.svg`)
    }
  }
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}

/** Runs a benchmark and keeps what it prints. A goal that is missed ends it with 1; its figures are figures all the same. */
function keep(file: URL, script: string, parameters: readonly string[]): void {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [path, '--json', ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0 && status !== 1) throw new Error(`${script} ended with ${status}.`)
  if (status === 1) console.error(`${script}: not every goal is met; see what it prints without --json.`)
  writeFileSync(file, stdout)
}
