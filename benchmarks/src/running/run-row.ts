import type { SubjectName } from './case.ts'
import { lineOf } from '../report/line.ts'
import type { Line } from '../report/line.ts'
import type { Row } from './row.ts'
import { runCase } from './run-case.ts'
import type { Outcome } from './run-case.ts'

const script = new URL('../child.js', import.meta.url)

/** A row measured. */
export interface RowResult {
  readonly row: string
  readonly lines: readonly Line[]
  /** What each run yielded. */
  readonly outcomes: Partial<Record<SubjectName, readonly Outcome[]>>
}

/** Runs the cases of a row, the subjects taking turns, so that a change of the machine's mood meets all of them. */
export async function runRow(row: Row, runs: number, progress: (text: string) => void): Promise<RowResult> {
  const outcomes: Partial<Record<SubjectName, Outcome[]>> = {}
  for (let run = 1; run <= runs; run += 1) {
    for (const subject of row.subjects) {
      progress(`${row.name}, run ${run} of ${runs}: ${subject}`)
      const outcome = await runCase({ spec: { ...row.spec, subject }, script, limitSeconds: row.limitSeconds })
      ;(outcomes[subject] ??= []).push(outcome)
    }
  }
  return { row: row.name, lines: row.metrics.map((metric) => lineOf(row, metric, outcomes)), outcomes }
}
