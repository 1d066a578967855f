import { median } from '../running/median.ts'
import type { Outcome } from '../running/run-case.ts'
import type { MeshSubjectName } from './mesh-case.ts'
import type { MeshRow } from './mesh-row.ts'

/** A row measured: what each run of each subject yielded. */
export interface MeshResult {
  readonly row: MeshRow
  readonly outcomes: Partial<Record<MeshSubjectName, readonly Outcome[]>>
}

/** The median of a figure over all runs; undefined: it was not measured, or a run has failed or was ended. */
export function figureOf(
  result: Pick<MeshResult, 'outcomes'>,
  subject: MeshSubjectName,
  figure: string,
): number | undefined {
  const outcomes = result.outcomes[subject] ?? []
  const values = outcomes.flatMap((outcome) => (outcome.kind === 'figures' ? (outcome.figures[figure] ?? []) : []))
  return values.length > 0 && values.length === outcomes.length ? median(values) : undefined
}

/** Why a subject has no figures; undefined: it has. */
export function failureOf(result: MeshResult, subject: MeshSubjectName): string | undefined {
  for (const outcome of result.outcomes[subject] ?? []) {
    if (outcome.kind === 'unfinished') return `it did not finish in ${outcome.seconds} s`
    if (outcome.kind === 'failed') return outcome.reason
  }
  return undefined
}
