// Ours beside js2p and a plain Map, in one run: pnpm bench
import { circumstancesOf, lineOfCircumstances } from './report/circumstances.ts'
import { optionsOf, usageOf } from './options.ts'
import type { Options } from './options.ts'
import { isGood, reportOf } from './report/report.ts'
import { rowsOf } from './running/row.ts'
import { runRow } from './running/run-row.ts'
import type { RowResult } from './running/run-row.ts'

const usage = usageOf('bench')

try {
  const rowNames = rowsOf({ keys: 0, messages: 0 }).map(({ name }) => name)
  const options = optionsOf(process.argv.slice(2), rowNames)
  if (options) process.exitCode = await bench(options)
  else console.log(`${usage}\nRows: ${rowNames.join(', ')}`)
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}

/** Runs the rows and prints what they yield. @returns the exit code */
async function bench(options: Options): Promise<number> {
  const { size, only, runs, isJson } = options
  const rows = rowsOf(size).filter(({ name }) => only?.includes(name) ?? true)
  const results: RowResult[] = []
  for (const row of rows) results.push(await runRow(row, runs, (text) => console.error(text)))
  const circumstances = circumstancesOf(options)
  if (isJson) console.log(JSON.stringify({ ...circumstances, ...size, results }, undefined, 2))
  else {
    console.log(`\n${lineOfCircumstances(circumstances)}\n`)
    console.log(reportOf(results))
  }
  return results.flatMap(({ lines }) => lines).every(isGood) ? 0 : 1
}
