import type { Case } from '../running/case.ts'
import type { MeshCase } from '../mesh/mesh-case.ts'
import type { WritesSpec } from './writes.ts'

/** One case, and the figures of it that are compared between two checkouts. */
export interface VersionCase {
  /** The script in the checkout's `benchmarks/dist` that measures it; undefined: `writes.js` of this one, since others may not have it. */
  readonly script: 'child.js' | 'mesh/child.js' | undefined
  readonly spec: Case | MeshCase | Omit<WritesSpec, 'folder'>
  /** The figures by the names of their rows. A greater rate is better; of others the smaller. */
  readonly rows: Readonly<Record<string, { readonly figure: string; readonly isRate: boolean }>>
}

const count = 10_000
const keys = { subject: 'ours', count, nodes: 2, values: 'binary' } as const
const mesh = { subject: 'ours', nodes: 8, seed: 1 } as const

/** What each checkout measures in processes of its own. */
export const versionCases: readonly VersionCase[] = [
  { script: 'child.js', spec: { measure: 'spread', ...keys }, rows: { live: { figure: 'ms', isRate: false } } },
  { script: 'child.js', spec: { measure: 'late-join', ...keys }, rows: { join: { figure: 'ms', isRate: false } } },
  {
    script: undefined,
    spec: { perSecond: 200, warmUps: 1000, writes: 2000 },
    rows: { 'one write, p50': { figure: 'p50', isRate: false }, 'one write, p99': { figure: 'p99', isRate: false } },
  },
  {
    script: 'mesh/child.js',
    spec: { measure: 'throughput', ...mesh, seconds: 1 },
    rows: { 'broadcast, 8 nodes': { figure: 'rate', isRate: true } },
  },
  {
    script: 'mesh/child.js',
    // At 50 messages a second, it takes seconds until V8 has compiled what they run; when it begins differs by process.
    spec: { measure: 'latency', ...mesh, seconds: 8 },
    rows: { 'latency, p50': { figure: 'p50', isRate: false } },
  },
]

/** The keys of the rows that both checkouts measure in one process: get and set. */
export const togetherCount = count
