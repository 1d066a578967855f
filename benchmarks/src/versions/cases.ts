import type { Case } from '../running/case.ts'
import type { MeshCase } from '../mesh/mesh-case.ts'

/** One case, and the figures of it that are compared between two checkouts. */
export interface VersionCase {
  /** The script in `benchmarks/dist` that measures it. */
  readonly script: 'child.js' | 'mesh/child.js'
  readonly spec: Case | MeshCase
  /** The figures by the names of their rows. A greater rate is better; of others the smaller. */
  readonly rows: Readonly<Record<string, { readonly figure: string; readonly isRate: boolean }>>
}

const keys = { subject: 'ours', count: 10_000, nodes: 2, values: 'binary' } as const
const mesh = { subject: 'ours', nodes: 8, seconds: 1, seed: 1 } as const

export const versionCases: readonly VersionCase[] = [
  { script: 'child.js', spec: { measure: 'spread', ...keys }, rows: { live: { figure: 'ms', isRate: false } } },
  { script: 'child.js', spec: { measure: 'late-join', ...keys }, rows: { join: { figure: 'ms', isRate: false } } },
  {
    script: 'child.js',
    spec: { measure: 'get-set', ...keys },
    rows: { get: { figure: 'getNs', isRate: false }, set: { figure: 'setNs', isRate: false } },
  },
  {
    script: 'mesh/child.js',
    spec: { measure: 'throughput', ...mesh },
    rows: { 'broadcast, 8 nodes': { figure: 'rate', isRate: true } },
  },
  {
    script: 'mesh/child.js',
    spec: { measure: 'latency', ...mesh },
    rows: { 'latency, p50': { figure: 'p50', isRate: false } },
  },
]
