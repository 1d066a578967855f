// This checkout beside another one that is built: pnpm bench:versions --before ../another-checkout
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { runCase } from '../running/run-case.ts'
import { versionCases } from './cases.ts'
import type { VersionCase } from './cases.ts'
import { medianInterval } from './interval.ts'

/** A row is slower if even its median is, by this share, and the interval does not hold 1. */
const slowerMin = 1.05
const limitSeconds = 150
const usage = `pnpm bench:versions --before <folder> [options]
  --before <folder>  another checkout, in which pnpm build has run
  --pairs <n>        pairs of runs, one of each checkout in turn; default 15
  --help             this text`

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: { before: { type: 'string' }, pairs: { type: 'string', default: '15' }, help: { type: 'boolean' } },
})
const pairs = Number(values.pairs)
if (values.help || values.before === undefined || !Number.isInteger(pairs) || pairs < 1) {
  console.log(usage)
  process.exitCode = values.help ? 0 : 2
} else process.exitCode = (await compare(values.before, pairs)) ? 0 : 1

/** Prints how many times as long each row takes here. @returns whether none is slower */
async function compare(before: string, count: number): Promise<boolean> {
  const folders = {
    before: pathToFileURL(`${resolve(before, 'benchmarks', 'dist')}/`),
    here: new URL('../', import.meta.url),
  }
  const ratios = new Map<string, number[]>()
  for (let pair = 1; pair <= count; pair += 1) {
    console.error(`pair ${pair} of ${count}`)
    for (const each of versionCases) {
      // Which one is first changes, so that what the first does to the machine meets both.
      const order = pair % 2 === 0 ? (['before', 'here'] as const) : (['here', 'before'] as const)
      const figures: Record<string, Readonly<Record<string, number>>> = {}
      for (const name of order) figures[name] = await figuresOf(each, folders[name])
      for (const [row, { figure, isRate }] of Object.entries(each.rows)) {
        const [old, now] = [figures['before']?.[figure] ?? Number.NaN, figures['here']?.[figure] ?? Number.NaN]
        ratios.set(row, [...(ratios.get(row) ?? []), isRate ? old / now : now / old])
      }
    }
  }
  console.log(`Time of this checkout, the other one being 1; ${count} pairs, in turn; 95 % interval of the median.\n`)
  let isGood = true
  for (const [row, list] of ratios) {
    const { median, low, high } = medianInterval(list)
    const isSlower = !(median <= slowerMin || (low <= 1 && high >= 1))
    isGood &&= !isSlower
    const figures = `${median.toFixed(3)}   ${low.toFixed(3)} to ${high.toFixed(3)}`
    console.log(`${row.padEnd(20)} ${figures}${isSlower ? '   slower' : ''}`)
  }
  return isGood
}

/** @throws {Error} The case failed. */
async function figuresOf({ script, spec }: VersionCase, folder: URL): Promise<Readonly<Record<string, number>>> {
  const outcome = await runCase({ spec, script: new URL(script, folder), limitSeconds })
  if (outcome.kind === 'figures') return outcome.figures
  throw new Error(`${spec.measure} in ${folder.pathname}: ${outcome.kind === 'failed' ? outcome.reason : 'too slow'}`)
}
