import { number, tableOf } from '../report/table.ts'
import { sentenceOf } from './goal.ts'
import type { Verdict } from './goal.ts'
import type { MeshSubjectName } from './mesh-case.ts'
import { failureOf, figureOf } from './mesh-result.ts'
import type { MeshResult } from './mesh-result.ts'
import { subjectNames } from './mesh-row.ts'

/** The columns. */
export const subjectTitles: Readonly<Record<MeshSubjectName, string>> = {
  tree: 'bare tree',
  flood: 'bare flood',
  ours: 'ours',
  unsigned: 'unsigned',
  'gossip-plain': 'gossipsub',
  'gossip-noise': '+ noise',
  'gossip-signed': '+ signed',
  js2p: 'js2p',
}

/** The table, then what is missing in it and why, then what is to be said of the goals. */
export function meshReportOf(results: readonly MeshResult[], verdicts: readonly Verdict[]): string {
  const header = ['', 'unit', ...subjectNames.map((name) => subjectTitles[name])]
  const body = results.flatMap((result) =>
    result.row.metrics.map(({ title, unit, figure }) => [
      title,
      unit,
      ...subjectNames.map((subject) => cellOf(result, subject, figure)),
    ]),
  )
  const failures = results.flatMap((result) =>
    result.row.subjects.flatMap((subject) => {
      const failure = failureOf(result, subject)
      return failure === undefined ? [] : [`${result.row.name}: ${subjectTitles[subject]} failed: ${failure}`]
    }),
  )
  const [wishes, goals] = [verdicts.filter(({ goal }) => goal.isWish), verdicts.filter(({ goal }) => !goal.isWish)]
  const blocks = [tableOf([header, ...body]), failures, goals.map(sentenceOf), wishes.map(sentenceOf)]
  return blocks.flatMap((block) => (block.length > 0 ? [...block, ''] : [])).join('\n')
}

function cellOf(result: MeshResult, subject: MeshSubjectName, figure: string): string {
  const value = figureOf(result, subject, figure)
  if (value !== undefined) return number(value)
  return failureOf(result, subject) === undefined ? '' : 'failed'
}
