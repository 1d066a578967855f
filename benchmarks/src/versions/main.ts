// This checkout beside another one that is built: pnpm bench:versions --before ../another-checkout
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import type { Figures } from '../running/case.ts'
import { runCase } from '../running/run-case.ts'
import { togetherCount, versionCases } from './cases.ts'
import { medianInterval } from './interval.ts'
import type { TogetherSpec } from './together.ts'

/** The `benchmarks/dist` of both checkouts. */
type Folders = Readonly<Record<'before' | 'here', URL>>

/** A row is slower if even its median is, by this share, and the interval does not hold 1. */
const slowerMin = 1.05
const limitSeconds = 150
const usage = `pnpm bench:versions --before <folder> [options]
  --before <folder>  another checkout, in which pnpm build has run
  --pairs <n>        pairs of runs, one of each checkout in turn; default 15
  --only <text>      the rows with this in their names
  --help             this text`

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    before: { type: 'string' },
    pairs: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean' },
  },
})
const pairs = Number(values.pairs)
if (values.help || values.before === undefined || !Number.isInteger(pairs) || pairs < 1) {
  console.log(usage)
  process.exitCode = values.help ? 0 : 2
} else process.exitCode = (await compare(values.before, pairs)) ? 0 : 1

/** Prints how many times as long each row takes here. @returns whether none is slower */
async function compare(before: string, count: number): Promise<boolean> {
  const folders: Folders = {
    before: pathToFileURL(`${resolve(before, 'benchmarks', 'dist')}/`),
    here: new URL('../', import.meta.url),
  }
  const ratios = new Map<string, number[]>()
  for (let pair = 1; pair <= count; pair += 1) {
    console.error(`pair ${pair} of ${count}`)
    // Which one is first changes, so that what the first does to the machine meets both.
    const isHereFirst = pair % 2 === 1
    for (const [row, ratio] of await ratiosOf(folders, isHereFirst)) {
      ratios.set(row, [...(ratios.get(row) ?? []), ratio])
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

/** Whether one of these rows is to be measured. */
function isWanted(rows: readonly string[]): boolean {
  return rows.some((row) => row.includes(values.only))
}

/** One pair: the time of each row here, that of the other checkout being 1. */
async function ratiosOf(folders: Folders, isHereFirst: boolean): Promise<ReadonlyMap<string, number>> {
  const ratios = new Map<string, number>()
  const order = isHereFirst ? (['here', 'before'] as const) : (['before', 'here'] as const)
  for (const { script, spec, rows } of versionCases.filter((each) => isWanted(Object.keys(each.rows)))) {
    const figures: Record<'before' | 'here', Figures> = { before: {}, here: {} }
    for (const name of order) {
      figures[name] = script
        ? await figuresOf(new URL(script, folders[name]), spec)
        : await figuresOf(new URL('writes.js', import.meta.url), { ...spec, folder: folders[name].href })
    }
    for (const [row, { figure, isRate }] of Object.entries(rows)) {
      const [before = Number.NaN, here = Number.NaN] = [figures.before[figure], figures.here[figure]]
      ratios.set(row, isRate ? before / here : here / before)
    }
  }
  if (!isWanted(['get', 'set'])) return ratios
  const [first, second] = order
  const together: TogetherSpec = { folders: [folders[first].href, folders[second].href], count: togetherCount }
  for (const [row, ratio] of Object.entries(await figuresOf(new URL('together.js', import.meta.url), together))) {
    ratios.set(row, isHereFirst ? 1 / ratio : ratio)
  }
  return ratios
}

/** @throws {Error} The case failed. */
async function figuresOf(script: URL, spec: object): Promise<Figures> {
  const outcome = await runCase({ spec, script, limitSeconds })
  if (outcome.kind === 'figures') return outcome.figures
  const reason = outcome.kind === 'failed' ? outcome.reason : 'too slow'
  throw new Error(`${script.pathname} ${JSON.stringify(spec)}: ${reason}`)
}
