import type { SubjectName } from '../running/case.ts'
import { median } from '../running/median.ts'
import type { Metric, Row } from '../running/row.ts'
import type { Outcome } from '../running/run-case.ts'

/** The figure of one subject over all runs. */
export type Result =
  | { readonly kind: 'figure'; readonly value: number }
  /** It took longer than it had; `value` is the best that it could have been. */
  | { readonly kind: 'unfinished'; readonly seconds: number; readonly value: number | undefined }
  | { readonly kind: 'failed'; readonly reason: string }

/** One line of the table. */
export interface Line {
  readonly row: string
  readonly title: string
  readonly unit: string
  readonly results: Partial<Record<SubjectName, Result>>
  /** How many times better ours is than js2p: at least so many if js2p did not finish. */
  readonly timesAhead: number | undefined
  /** Undefined where js2p has nothing of the kind. */
  readonly isAhead: boolean | undefined
  /** How many times the figure of the plain Map ours is. */
  readonly timesMap: number | undefined
  readonly mapTimesMax: number | undefined
}

/** What all runs of a row yield for one of its figures. */
export function lineOf(row: Row, metric: Metric, outcomes: Partial<Record<SubjectName, readonly Outcome[]>>): Line {
  const results = Object.fromEntries(
    row.subjects.map((subject) => [subject, resultOf(row, metric, outcomes[subject] ?? [])]),
  )
  const { ours, js2p, map } = results as Partial<Record<SubjectName, Result>>
  const timesAhead = metric.better === 'less' ? quotient(js2p, ours) : quotient(ours, js2p)
  const isUnbounded = ours?.kind === 'figure' && js2p?.kind === 'unfinished' && js2p.value === undefined
  return {
    row: row.name,
    title: metric.title,
    unit: metric.unit,
    results,
    timesAhead,
    // Where js2p does not finish and nothing is known of its figure, what it does not finish is what it loses by.
    isAhead: row.subjects.includes('js2p')
      ? isUnbounded || (ours?.kind === 'figure' && timesAhead !== undefined && timesAhead > 1)
      : undefined,
    timesMap: quotient(ours, map),
    mapTimesMax: metric.mapTimesMax,
  }
}

/** The median; a run that did not finish counts as the worst. */
function resultOf(row: Row, metric: Metric, outcomes: readonly Outcome[]): Result {
  const worst = metric.better === 'less' ? Number.POSITIVE_INFINITY : 0
  const values = outcomes.flatMap((outcome) => {
    if (outcome.kind === 'figures') return [outcome.figures[metric.figure] ?? Number.NaN]
    return outcome.kind === 'unfinished' ? [worst] : []
  })
  if (values.length === 0) {
    const failed = outcomes.find((outcome) => outcome.kind === 'failed')
    return { kind: 'failed', reason: failed?.reason ?? 'it was not run' }
  }
  const value = median(values)
  if (value !== worst) return { kind: 'figure', value }
  const seconds = row.limitSeconds
  return { kind: 'unfinished', seconds, value: metric.bound?.(seconds, row.spec.count) }
}

function quotient(above: Result | undefined, below: Result | undefined): number | undefined {
  if (!above || !below || above.kind === 'failed' || below.kind === 'failed') return undefined
  return above.value === undefined || below.value === undefined ? undefined : above.value / below.value
}
