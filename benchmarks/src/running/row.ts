import type { Case, SubjectName } from './case.ts'

/** A figure of a case. */
export interface Metric {
  /** Its name among the figures. */
  readonly figure: string
  readonly title: string
  readonly unit: string
  readonly better: 'less' | 'more'
  /** What the figure would at best have been of a case that was ended after so many seconds; undefined: nobody knows. */
  readonly bound?: (seconds: number, count: number) => number
  /** How many times the figure of the plain Map ours may be. */
  readonly mapTimesMax?: number
}

/** One row: the same case of several subjects. */
export interface Row {
  readonly name: string
  readonly subjects: readonly SubjectName[]
  readonly spec: Omit<Case, 'subject'>
  readonly metrics: readonly Metric[]
  readonly limitSeconds: number
}

const peers: readonly SubjectName[] = ['ours', 'js2p']
const peersAndMap: readonly SubjectName[] = ['map', 'ours', 'js2p']
const limitSeconds = 150

/** All rows, of so many keys and messages. */
export function rowsOf(size: { readonly keys: number; readonly messages: number }): Row[] {
  const keys = { count: size.keys, nodes: 2, values: 'binary' } as const
  const until = 'until the other node has them'
  const ms = { figure: 'ms', unit: 'ms', better: 'less', bound: (seconds: number) => seconds * 1000 } as const
  const memory = { figure: 'bytesPerKey', unit: 'bytes', better: 'less' } as const
  return [
    {
      name: 'spread',
      subjects: peers,
      spec: { measure: 'spread', ...keys },
      metrics: [{ ...ms, title: `${size.keys} keys set, ${until}` }],
      limitSeconds,
    },
    {
      name: 'late-join',
      subjects: peers,
      spec: { measure: 'late-join', ...keys },
      metrics: [
        { ...ms, title: `late join at ${size.keys} keys` },
        { figure: 'bytes', title: 'late join, on the wire', unit: 'bytes', better: 'less' },
      ],
      limitSeconds,
    },
    ...[2, 8, 16].map((nodes) => broadcastRow(nodes, size.messages)),
    ...(['binary', 'utf8'] as const).map((values) => getSetRow({ ...keys, values })),
    {
      name: 'heap',
      subjects: peersAndMap,
      spec: { measure: 'heap', ...keys },
      metrics: [{ ...memory, title: `memory per key at ${size.keys} keys` }],
      limitSeconds,
    },
    {
      name: 'heap-many',
      subjects: peersAndMap,
      spec: { measure: 'heap', ...keys, count: 10 * size.keys },
      metrics: [{ ...memory, title: `memory per key at ${10 * size.keys} keys`, mapTimesMax: 2.5 }],
      limitSeconds,
    },
    {
      name: 'heap-linked',
      subjects: peers,
      spec: { measure: 'heap-linked', ...keys },
      metrics: [{ ...memory, title: 'memory per key, two linked nodes' }],
      limitSeconds,
    },
    {
      name: 'noise',
      subjects: ['ours'],
      spec: { measure: 'link-rate', count: size.messages, nodes: 2, values: 'binary' },
      metrics: [
        { figure: 'plainRate', title: 'a link over tcp', unit: 'MB/s', better: 'more' },
        { figure: 'noiseRate', title: 'a link over noise+tcp', unit: 'MB/s', better: 'more' },
        { figure: 'times', title: 'tcp / noise+tcp', unit: 'times', better: 'less' },
      ],
      limitSeconds,
    },
    {
      name: 'request',
      subjects: ['ours'],
      spec: { measure: 'request-rate', count: size.messages, nodes: 2, values: 'binary' },
      metrics: [
        { figure: 'single', title: 'requests answered, one at a time', unit: 'messages/s', better: 'more' },
        { figure: 'singleTimes', title: 'bare sockets / ours, one at a time', unit: 'times', better: 'less' },
        { figure: 'many', title: 'requests answered, 64 in flight', unit: 'messages/s', better: 'more' },
        { figure: 'manyTimes', title: 'bare sockets / ours, 64 in flight', unit: 'times', better: 'less' },
      ],
      limitSeconds,
    },
  ]
}

function broadcastRow(nodes: number, count: number): Row {
  return {
    name: `broadcast-${nodes}`,
    subjects: peers,
    spec: { measure: 'broadcast', count, nodes, values: 'binary' },
    metrics: [
      {
        figure: 'rate',
        title: `broadcasts, ${nodes} nodes`,
        unit: 'messages/s',
        better: 'more',
        bound: (seconds, sent) => sent / seconds,
      },
    ],
    limitSeconds,
  }
}

function getSetRow(spec: Omit<Case, 'subject' | 'measure'>): Row {
  const ns = { unit: 'ns', better: 'less' } as const
  return {
    name: `get-set-${spec.values}`,
    subjects: peersAndMap,
    spec: { measure: 'get-set', ...spec },
    metrics: [
      { ...ns, figure: 'getNs', title: `get, ${spec.values} values`, mapTimesMax: 3 },
      { ...ns, figure: 'setNs', title: `set, ${spec.values} values` },
    ],
    limitSeconds,
  }
}
