import type { MeshNode } from '../../subjects/node.ts'

/** A node on 127.0.0.1 that sends broadcasts, whoever's it is. */
export interface BenchNode extends MeshNode {
  /** Resolves when more can be sent without harm; undefined: at once, or the subject does not tell. */
  writable(): Promise<void> | undefined
  /** How many payloads have arrived from other nodes; undefined: nobody counts. */
  copies(): Copies | undefined
}

/** What a node has received, counted since it was made. */
export interface Copies {
  readonly first: number
  readonly further: number
}

/** How nodes are made. */
export interface NodeOptions {
  /** Whether it listens; one that does not can only dial. */
  readonly isListening: boolean
}

/** Makes what is measured. */
export interface MeshSubject {
  create(options: NodeOptions): Promise<BenchNode>
  /** Which nodes link how: a tree of so many children a node, or a random graph that is the same for all others. */
  readonly wiring: { readonly kind: 'graph' } | { readonly kind: 'tree'; readonly children: number }
  /** Messages that may be on their way: without such a window it loses some. Undefined: as many as there are. */
  readonly windowMessages: number | undefined
  /** Time that links need after they are there, until messages take the way that they are to take, milliseconds. */
  readonly settleMs: number
}
