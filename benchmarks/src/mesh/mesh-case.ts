/** Whose figure a case gives: ours with and without signatures, others, and two yardsticks. */
export type MeshSubjectName =
  | 'ours'
  | 'unsigned'
  | 'gossip-plain'
  | 'gossip-noise'
  | 'gossip-signed'
  | 'js2p'
  | 'tree'
  | 'flood'

/** Which measure a case takes. */
export type MeshMeasureName = 'throughput' | 'processes' | 'latency' | 'heap' | 'start' | 'stall'

/** One thing to measure once, in a process of its own. */
export interface MeshCase {
  readonly measure: MeshMeasureName
  readonly subject: MeshSubjectName
  readonly nodes: number
  /** How long messages are sent. */
  readonly seconds: number
  /** Of the random graph: the same for all subjects in one run, another in the next. */
  readonly seed: number
}
