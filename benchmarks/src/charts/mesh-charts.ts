import type { BarChart, Chart } from '@ts2p/charts'
import { lineOfCircumstances } from '../report/circumstances.ts'
import { subjectTitles } from '../mesh/mesh-report.ts'
import { figureOf } from '../mesh/mesh-result.ts'
import { subjectNames } from '../mesh/mesh-row.ts'
import type { MeasuredMesh } from './measured.ts'

/** Names that stand for themselves, where no column stands beside them. */
const names = { ...subjectTitles, 'gossip-noise': 'gossipsub, noise', 'gossip-signed': 'gossipsub, noise, signed' }

/** Rates and copies against the number of nodes. */
export function meshLineCharts(measured: MeasuredMesh): Chart[] {
  const subtitle = lineOfCircumstances(measured)
  const nodes = { title: 'nodes', isLogarithmic: true }
  return [
    {
      name: 'bench-rate',
      title: 'Messages of 100 bytes to all, warm, all nodes in one process',
      subtitle,
      x: nodes,
      y: { title: 'messages/s', isLogarithmic: true },
      series: seriesOf(measured, 'rate'),
    },
    {
      name: 'bench-copies',
      title: 'How often a node gets each message',
      subtitle,
      x: nodes,
      y: { title: 'copies' },
      series: seriesOf(measured, 'copies'),
    },
  ]
}

/** Delay and memory of each subject. */
export function meshBarCharts(measured: MeasuredMesh): BarChart[] {
  const subtitle = lineOfCircumstances(measured)
  const latency = figuresOf(measured, 'latency-32', ['p50', 'p99'])
  const heap = figuresOf(measured, 'heap-32', ['kibPerNode'])
  return [
    {
      name: 'bench-latency',
      title: 'Delay of 50 messages a second, 32 nodes in one process',
      subtitle,
      value: { title: 'ms, less is better', isLogarithmic: true },
      ...latency,
    },
    {
      name: 'bench-memory',
      title: 'Memory of an idle node, 32 nodes in one process',
      subtitle,
      value: { title: 'KiB, less is better', isLogarithmic: true },
      ...heap,
    },
  ]
}

/** A figure of each subject in the rows of throughput, against their numbers of nodes. */
function seriesOf({ rows }: MeasuredMesh, figure: string): Chart['series'] {
  const points = subjectNames.map((subject) => ({
    name: names[subject],
    points: rows.flatMap((result) => {
      const nodes = Number(/^throughput-(\d+)$/.exec(result.row)?.[1])
      const value = figureOf(result, subject, figure)
      return value === undefined || Number.isNaN(nodes) ? [] : [[nodes, value] as const]
    }),
  }))
  return points.filter((series) => series.points.length > 0)
}

/** Figures of those subjects of a row that have them. */
function figuresOf(
  { rows }: MeasuredMesh,
  row: string,
  figures: readonly string[],
): Pick<BarChart, 'labels' | 'series'> {
  const result = rows.find((each) => each.row === row)
  if (!result) throw new TypeError(`there is no row '${row}' in the results: measure it first`)
  const subjects = subjectNames.filter((subject) => figureOf(result, subject, figures[0] ?? '') !== undefined)
  return {
    labels: subjects.map((subject) => names[subject]),
    series: figures.map((figure) => ({
      name: figure,
      values: subjects.map((subject) => figureOf(result, subject, figure)),
    })),
  }
}
