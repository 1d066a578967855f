import type { Case } from '../running/case.ts'
import type { MeshCase } from '../mesh/mesh-case.ts'

/** One case, and the figure of it that is compared between two checkouts. */
export interface VersionCase {
  /** The script in `benchmarks/dist` that measures it. */
  readonly script: 'child.js' | 'mesh/child.js'
  readonly spec: Case | MeshCase
  /** The figure of a row. A greater rate is better; of others the smaller. */
  readonly row: string
  readonly figure: string
  readonly isRate: boolean
}

const count = 10_000
const keys = { subject: 'ours', count, nodes: 2, values: 'binary' } as const
const mesh = { subject: 'ours', nodes: 8, seed: 1 } as const

/** What each checkout measures in processes of its own. */
export const versionCases: readonly VersionCase[] = [
  { row: 'live', script: 'child.js', spec: { measure: 'spread', ...keys }, figure: 'ms', isRate: false },
  { row: 'join', script: 'child.js', spec: { measure: 'late-join', ...keys }, figure: 'ms', isRate: false },
  {
    row: 'broadcast, 8 nodes',
    script: 'mesh/child.js',
    spec: { measure: 'throughput', ...mesh, seconds: 1 },
    figure: 'rate',
    isRate: true,
  },
  {
    row: 'latency, p50',
    script: 'mesh/child.js',
    // At 50 messages a second, it takes seconds until V8 has compiled what they run; when it begins differs by process.
    spec: { measure: 'latency', ...mesh, seconds: 8 },
    figure: 'p50',
    isRate: false,
  },
]

/** The keys of the rows that both checkouts measure in one process: get and set. */
export const togetherCount = count
