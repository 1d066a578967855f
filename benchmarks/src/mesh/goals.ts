import type { FigureLookup, Goal } from './goal.ts'
import type { MeshSubjectName } from './mesh-case.ts'

const gossipTimes = 20
const treeTimes = 0.5
/** Nodes from which on ours must be so many times faster than gossipsub. */
const gossipNodes = ['throughput-8', 'throughput-16', 'throughput-32', 'throughput-100', 'processes-8']
const treeNodes = ['throughput-2', ...gossipNodes]
const [warm, burst] = [
  ['rate', 'warm'],
  ['burstRate', 'first 1,000'],
] as const

/**
 * What is wanted of ours, as ratios of two figures of one run wherever the machine has a say. Where the design was made
 * upon figures of another machine, they stand here divided by those of the yardstick there.
 */
export const meshGoals: readonly Goal[] = [
  ...gossipNodes.flatMap((row) =>
    [warm, burst].map(([figure, name]) =>
      unsigned(row, `unsigned / gossipsub, plaintext and unsigned, ${name}`, figure, 'gossip-plain', {
        atLeast: gossipTimes,
      }),
    ),
  ),
  ...treeNodes.flatMap((row) =>
    [warm, burst].map(([figure, name]) =>
      unsigned(row, `unsigned / bare tree, ${name}`, figure, 'tree', { atLeast: treeTimes }),
    ),
  ),
  ...['throughput-8', 'throughput-32', 'throughput-100'].map((row) =>
    unsigned(row, 'unsigned / bare flood, warm', 'rate', 'flood', { atLeast: 1 }),
  ),
  ...['throughput-8', 'throughput-32'].flatMap((row) => [
    times(row, 'ours / unsigned, warm', 'rate', 'unsigned', { atLeast: 0.6 }),
    times(row, 'ours / gossipsub, encrypted and signed, warm', 'rate', 'gossip-signed', { atLeast: 100 }),
  ]),
  wish(unsigned('throughput-8', 'unsigned / bare tree, first 1,000', 'burstRate', 'tree', { atLeast: 0.7 })),
  wish(unsigned('throughput-32', 'unsigned / bare tree, first 1,000', 'burstRate', 'tree', { atLeast: 0.7 })),
  wish(unsigned('throughput-100', 'unsigned / bare tree, first 1,000', 'burstRate', 'tree', { atLeast: 0.7 })),
  own('throughput-32', 'copies of a message per node', 'copies', '', { atMost: 1.1 }),
  wish(own('throughput-32', 'copies of a message per node', 'copies', '', { atMost: 1.05 })),
  {
    row: 'latency-32',
    text: "p99 of ours / p50 of gossipsub's, plaintext and unsigned",
    value: (of) => quotient(of('ours', 'p99'), of('gossip-plain', 'p50')),
    atMost: 1,
    unit: 'x',
    isWish: false,
  },
  unsigned('latency-8', 'p50, unsigned / bare flood', 'p50', 'flood', { atMost: 1.05 }),
  unsigned('latency-8', 'p99, unsigned / bare flood', 'p99', 'flood', { atMost: 1 }),
  times('heap-32', 'memory of an idle node, ours / libp2p, plaintext', 'kibPerNode', 'gossip-plain', { atMost: 1 }),
  wish(own('heap-32', 'memory of an idle node', 'kibPerNode', ' KiB', { atMost: 150 })),
  times('start', 'ours / libp2p', 'ms', 'gossip-noise', { atMost: 0.43 }),
  wish(times('start', 'ours / libp2p', 'ms', 'gossip-noise', { atMost: 0.29 })),
  own('stall-20', 'p99 of the rest, with / without', 'times', 'x', { atMost: 1.5 }),
  own('stall-20', "the sender's growth", 'growthMiB', ' MiB', { atMost: 32 }),
  own('stall-20', 'stalled and slow ones thrown out', 'thrownOut', '', { atMost: 0 }),
  ...[...treeNodes, 'latency-8', 'latency-32'].map((row) =>
    own(row, 'delivered twice to the application', 'twice', '', { atMost: 0 }),
  ),
]

interface Bound {
  readonly atLeast?: number
  readonly atMost?: number
}

/** How many times the figure of another ours is without signatures, as that other is. */
function unsigned(row: string, text: string, name: string, other: MeshSubjectName, bound: Bound): Goal {
  const value = (of: FigureLookup): number | undefined => quotient(of('unsigned', name), of(other, name))
  return { row, text, value, ...bound, unit: 'x', isWish: false }
}

/** How many times the figure of another ours is. */
function times(row: string, text: string, name: string, other: MeshSubjectName, bound: Bound): Goal {
  const value = (of: FigureLookup): number | undefined => quotient(of('ours', name), of(other, name))
  return { row, text, value, ...bound, unit: 'x', isWish: false }
}

/** A figure of ours. */
function own(row: string, text: string, name: string, unit: string, bound: Bound): Goal {
  return { row, text, value: (of) => of('ours', name), ...bound, unit, isWish: false }
}

function wish(goal: Goal): Goal {
  return { ...goal, isWish: true }
}

function quotient(above: number | undefined, below: number | undefined): number | undefined {
  return above === undefined || below === undefined ? undefined : above / below
}
