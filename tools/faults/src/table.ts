import type { Progress, RowProgress } from './progress.ts'
import type { FaultRow } from './row.ts'

/** Violations that are printed in full for each row. */
const violationsShownMax = 5

/** What came of a row so far. */
export type RowVerdict = 'held' | 'VIOLATED' | 'not done'

const titles = ['row', 'must hold', 'wanted', 'done', 'worst figure', 'verdict'] as const

/** The verdict on a row. A row that is not done but violated already is violated. */
export function verdictOf({ wanted }: FaultRow, { done, violationCount }: RowProgress): RowVerdict {
  if (violationCount > 0) return 'VIOLATED'
  return done >= wanted ? 'held' : 'not done'
}

/** The table as text: the commit and the machine, one line for each row, the first violations in full. */
export function formatTable(rows: readonly FaultRow[], progress: Progress): string {
  const lines = [[...titles], ...rows.map((row) => cellsOf(row, progress.of(row.name)))]
  const widths = titles.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
  const table = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...headOf(progress), '', ...table, ...violationsOf(rows, progress)].join('\n')
}

/** The table as Markdown. */
export function formatMarkdown(rows: readonly FaultRow[], progress: Progress): string {
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const table = [lineOf(titles), lineOf(titles.map(() => '---'))]
  for (const row of rows) table.push(lineOf(cellsOf(row, progress.of(row.name))))
  return [...headOf(progress).map((line) => `- ${line}`), '', ...table, ...violationsOf(rows, progress)].join('\n')
}

function headOf({ commit, machine }: Progress): string[] {
  return [`commit: ${commit}`, `machine: ${machine}`]
}

function cellsOf(row: FaultRow, progress: RowProgress): string[] {
  const count = (value: number): string => value.toLocaleString('en-US')
  const worst = progress.worst === undefined ? '' : Number(progress.worst.toPrecision(4)).toLocaleString('en-US')
  return [
    row.name,
    row.mustHold,
    `${count(row.wanted)} ${row.unit}`,
    count(progress.done),
    worst === '' ? '–' : `${worst} ${row.figure ?? ''}`.trim(),
    verdictOf(row, progress),
  ]
}

function violationsOf(rows: readonly FaultRow[], progress: Progress): string[] {
  return rows.flatMap((row) => {
    const { violations, violationCount } = progress.of(row.name)
    if (violationCount === 0) return []
    const shown = violations.slice(0, violationsShownMax)
    const title = `${row.name}: ${violationCount} violations, of which the first ${shown.length}`
    return ['', title, ...shown.map((violation) => `- ${violation}`)]
  })
}
