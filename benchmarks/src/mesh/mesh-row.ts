import type { MeshCase, MeshSubjectName } from './mesh-case.ts'

/** One line of the table. */
interface MeshMetric {
  /** Its name among the figures of the case. */
  readonly figure: string
  readonly title: string
  readonly unit: string
}

/** One row: the same case of several subjects. */
export interface MeshRow {
  readonly name: string
  readonly subjects: readonly MeshSubjectName[]
  readonly spec: Omit<MeshCase, 'subject' | 'seed'>
  readonly metrics: readonly MeshMetric[]
  /** Processes per run, where one takes little time and says little. */
  readonly repeats: number
  readonly limitSeconds: number
}

/** All subjects, in the order in which they take turns, and in which the table shows them. */
export const subjectNames: readonly MeshSubjectName[] = [
  'tree',
  'flood',
  'ours',
  'unsigned',
  'gossip-plain',
  'gossip-noise',
  'gossip-signed',
  'js2p',
]
/** js2p takes minutes with more nodes. */
const js2pNodesMax = 32
const limitSeconds = 180

/** All rows; with the quick ones the figures are good for a first look. */
export function meshRowsOf(isQuick: boolean): readonly MeshRow[] {
  const seconds = isQuick ? 0.5 : 2
  return [
    ...[2, 8, 16, 32, 100].map((nodes) => throughputRow(nodes, seconds)),
    {
      name: 'processes-8',
      subjects: subjectNames,
      spec: { measure: 'processes', nodes: 8, seconds },
      metrics: ratesOf('8 nodes, 8 processes'),
      repeats: 1,
      limitSeconds,
    },
    ...[8, 32].map((nodes) => latencyRow(nodes, isQuick ? 2 : 8)),
    {
      name: 'heap-32',
      subjects: subjectNames,
      spec: { measure: 'heap', nodes: 32, seconds },
      metrics: [{ figure: 'kibPerNode', title: 'memory of an idle node, 32 nodes', unit: 'KiB' }],
      repeats: 1,
      limitSeconds,
    },
    {
      name: 'start',
      subjects: subjectNames,
      spec: { measure: 'start', nodes: 1, seconds },
      metrics: [{ figure: 'ms', title: 'start of a process until listening', unit: 'ms' }],
      repeats: 5,
      limitSeconds,
    },
    {
      name: 'stall-20',
      subjects: ['flood', 'ours'],
      spec: { measure: 'stall', nodes: 20, seconds: isQuick ? 4 : 12 },
      metrics: [
        { figure: 'p99Without', title: '20 readers, p99', unit: 'ms' },
        { figure: 'p99', title: 'one stalled, one slow: p99 of the rest', unit: 'ms' },
        { figure: 'times', title: 'p99 of the rest, with / without', unit: 'times' },
        { figure: 'growthMiB', title: "one stalled, one slow: sender's growth", unit: 'MiB' },
        { figure: 'thrownOut', title: 'stalled and slow ones thrown out', unit: '' },
      ],
      repeats: 1,
      limitSeconds,
    },
  ]
}

function throughputRow(nodes: number, seconds: number): MeshRow {
  return {
    name: `throughput-${nodes}`,
    subjects: subjectNames.filter((name) => name !== 'js2p' || nodes <= js2pNodesMax),
    spec: { measure: 'throughput', nodes, seconds },
    metrics: [
      ...ratesOf(`${nodes} nodes`),
      { figure: 'copies', title: `${nodes} nodes: copies of a message per node`, unit: '' },
      { figure: 'links', title: `${nodes} nodes: links per node`, unit: '' },
    ],
    repeats: 1,
    limitSeconds,
  }
}

function ratesOf(where: string): readonly MeshMetric[] {
  return [
    { figure: 'rate', title: `${where}: broadcasts, warm`, unit: 'messages/s' },
    { figure: 'burstRate', title: `${where}: broadcasts, first 1,000`, unit: 'messages/s' },
  ]
}

function latencyRow(nodes: number, seconds: number): MeshRow {
  return {
    name: `latency-${nodes}`,
    subjects: subjectNames.filter((name) => name !== 'js2p' || nodes < js2pNodesMax),
    spec: { measure: 'latency', nodes, seconds },
    metrics: [
      { figure: 'p50', title: `${nodes} nodes, 50 messages/s: p50`, unit: 'ms' },
      { figure: 'p99', title: `${nodes} nodes, 50 messages/s: p99`, unit: 'ms' },
    ],
    repeats: 1,
    limitSeconds,
  }
}
