import type { Line, Result } from './line.ts'
import type { RowResult } from '../running/run-row.ts'
import { number, tableOf } from './table.ts'

/** The table, then the circumstances, then what is to be said of each line. */
export function reportOf(rows: readonly RowResult[]): string {
  const lines = rows.flatMap((row) => row.lines)
  const header = ['', 'unit', 'Map', 'ours', 'js2p', 'ours is better by', 'ours / Map']
  const body = lines.map((line) => [
    line.title,
    line.unit,
    cell(line.results.map),
    cell(line.results.ours),
    cell(line.results.js2p),
    aheadBy(line),
    line.timesMap === undefined ? '' : `${number(line.timesMap)}x`,
  ])
  const blocks = [tableOf([header, ...body]), rows.flatMap(linksOf), lines.flatMap(verdictsOf)]
  return blocks.flatMap((block) => (block.length > 0 ? [...block, ''] : [])).join('\n')
}

/** Whether everything is as it must be. */
export function isGood(line: Line): boolean {
  return line.isAhead !== false && line.results.ours?.kind === 'figure' && isNearMap(line) !== false
}

function verdictsOf(line: Line): string[] {
  const near = isNearMap(line)
  const nearness =
    near === undefined ? [] : [`${near ? 'yes' : 'NO '}  ${line.title}: within ${line.mapTimesMax}x of a plain Map`]
  if (line.isAhead === undefined) return [...nearness, ...failureOf(line)]
  return [`${line.isAhead ? 'yes' : 'NO '}  ${line.title}: ahead of js2p${reasonsOf(line)}`, ...nearness]
}

function failureOf(line: Line): string[] {
  return line.results.ours?.kind === 'figure' ? [] : [`NO  ${line.title}: not measured${reasonsOf(line)}`]
}

/** How many links a node had in the mean, where that matters. */
function linksOf({ row, outcomes }: RowResult): string[] {
  const counts = Object.entries(outcomes).flatMap(([subject, runs]) => {
    const links = runs.flatMap((run) => (run.kind === 'figures' ? (run.figures['links'] ?? []) : []))
    return links.length > 0 ? [`${subject} ${links.map(number).join(', ')}`] : []
  })
  return counts.length > 0 ? [`${row}, links per node: ${counts.join('; ')}`] : []
}

function isNearMap({ timesMap, mapTimesMax }: Line): boolean | undefined {
  return mapTimesMax === undefined ? undefined : timesMap !== undefined && timesMap <= mapTimesMax
}

function reasonsOf({ results }: Line): string {
  return Object.entries(results)
    .map(([subject, result]) => (result.kind === 'failed' ? ` (${subject} failed: ${result.reason})` : ''))
    .join('')
}

function aheadBy({ timesAhead, results }: Line): string {
  if (timesAhead === undefined) return ''
  return `${results.js2p?.kind === 'unfinished' ? 'at least ' : ''}${number(timesAhead)}x`
}

function cell(result: Result | undefined): string {
  if (result?.kind === 'unfinished') return `did not finish in ${result.seconds} s`
  return result?.kind === 'figure' ? number(result.value) : (result?.kind ?? '')
}
