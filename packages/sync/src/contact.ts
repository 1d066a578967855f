/** What a node wrote shortly before it lost contact may not have reached anybody, milliseconds. */
const marginMs = 60_000

/**
 * When a node last had a neighbour, by the wall clock: a machine that sleeps is out of contact too. A node that was so
 * for longer than the others remember what they have deleted must not give them what it holds.
 */
export class Contact {
  readonly #horizonMs: number
  #latestMs: number | undefined

  constructor(horizonMs: number) {
    this.#horizonMs = horizonMs
  }

  /** There is a neighbour. Since when the node was out of contact, if that was for too long. */
  note(nowMs: number): number | undefined {
    const latestMs = this.#latestMs
    this.#latestMs = nowMs
    return latestMs !== undefined && nowMs - latestMs > this.#horizonMs ? latestMs - marginMs : undefined
  }
}
