/** Whose figure a case gives. */
export type SubjectName = 'ours' | 'js2p' | 'map'

/** Which measure a case takes. */
export type MeasureName =
  | 'spread'
  | 'late-join'
  | 'broadcast'
  | 'get-set'
  | 'heap'
  | 'heap-linked'
  | 'link-rate'
  | 'request-rate'

/** One thing to measure once, in a process of its own. */
export interface Case {
  readonly measure: MeasureName
  readonly subject: SubjectName
  /** How many keys, or messages. */
  readonly count: number
  /** How many nodes, where that varies. */
  readonly nodes: number
  /** What values are: Uint8Arrays, or strings. */
  readonly values: 'binary' | 'utf8'
}

/** What a case yields: figures by name. */
export type Figures = Readonly<Record<string, number>>
