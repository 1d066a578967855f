// Broadcasts: ours beside gossipsub, js2p and two yardsticks: pnpm bench:mesh
import { circumstancesOf, lineOfCircumstances } from '../report/circumstances.ts'
import { optionsOf, usageOf } from '../options.ts'
import type { Options } from '../options.ts'
import { runCase } from '../running/run-case.ts'
import type { Outcome } from '../running/run-case.ts'
import { verdictsOf } from './goal.ts'
import { meshGoals } from './goals.ts'
import type { MeshCase, MeshSubjectName } from './mesh-case.ts'
import { meshReportOf } from './mesh-report.ts'
import type { MeshResult } from './mesh-result.ts'
import { meshRowsOf } from './mesh-row.ts'
import type { MeshRow } from './mesh-row.ts'

const script = new URL('./child.js', import.meta.url)
const usage = usageOf('bench:mesh')

try {
  const rowNames = meshRowsOf(true).map(({ name }) => name)
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
  const { only, runs, isJson, isQuick } = options
  const results: MeshResult[] = []
  for (const row of meshRowsOf(isQuick)) {
    if (only?.includes(row.name) ?? true) results.push({ row, outcomes: await runMeshRow(row, runs) })
  }
  const verdicts = verdictsOf(meshGoals, results)
  const circumstances = circumstancesOf(options)
  if (isJson) {
    const goals = verdicts.map(({ goal, ...verdict }) => ({ ...goal, ...verdict }))
    const rows = results.map(({ row, outcomes }) => ({ row: row.name, outcomes }))
    console.log(JSON.stringify({ ...circumstances, rows, goals }, undefined, 2))
  } else {
    console.log(`\n${lineOfCircumstances(circumstances)}\n`)
    console.log(meshReportOf(results, verdicts))
  }
  return verdicts.every(({ goal, isReached }) => goal.isWish || isReached) ? 0 : 1
}

/** The subjects take turns, so that a change of the machine's mood meets all of them. */
async function runMeshRow(row: MeshRow, runs: number): Promise<MeshResult['outcomes']> {
  const outcomes: Partial<Record<MeshSubjectName, Outcome[]>> = {}
  for (let run = 1; run <= runs * row.repeats; run += 1) {
    for (const subject of row.subjects) {
      console.error(`${row.name}, run ${run} of ${runs * row.repeats}: ${subject}`)
      const spec: MeshCase = { ...row.spec, subject, seed: run }
      const outcome = await runCase({ spec, script, limitSeconds: row.limitSeconds })
      ;(outcomes[subject] ??= []).push(outcome)
    }
  }
  return outcomes
}
