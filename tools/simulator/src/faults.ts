/** What a link does to what is sent on it. Everything may be changed while it runs. */
export interface Faults {
  /** Delay of a write, milliseconds: uniform between the two. */
  latencyMs: readonly [least: number, most: number]
  /** Share of writes that vanish, that arrive twice, and that may overtake others. */
  loss: number
  duplication: number
  reordering: number
  /** Each direction of each link has a delay of its own and keeps it, but for a tenth: as between places, not as in a swarm. */
  isSteady?: boolean
  /** How fast each direction of each link is, bytes per second; default without limit. */
  bytesPerSecond?: number
  /** Longer writes arrive in parts, bytes, as with TCP; default: all arrive whole. With faults, frames would not stay whole. */
  segmentBytes?: number
}

export const noFaults: Faults = { latencyMs: [1, 5], loss: 0, duplication: 0, reordering: 0 }
