/** What a node wrote shortly before it lost contact may not have reached anybody, milliseconds. */
const marginMs = 60_000
/** How often the time of contact is kept, milliseconds. */
const keepMs = 60_000

/**
 * When a node last had a neighbour, by the wall clock: a machine that sleeps is out of contact too. A node that was so
 * for longer than the others remember what they have deleted must not give them what it holds.
 */
export class Contact {
  readonly #horizonMs: number
  readonly #keep: (nowMs: number) => void
  #latestMs: number | undefined
  #keptMs = Number.NEGATIVE_INFINITY

  /** @param keep is told about once a minute, for a node that is kept, and comes back much later */
  constructor(horizonMs: number, keep: (nowMs: number) => void) {
    this.#horizonMs = horizonMs
    this.#keep = keep
  }

  /** When the node last had a neighbour in an earlier life. */
  restore(latestMs: number): void {
    this.#latestMs = latestMs
  }

  /** There is a neighbour. Since when the node was out of contact, if that was for too long. */
  note(nowMs: number): number | undefined {
    const latestMs = this.#latestMs
    this.#latestMs = nowMs
    if (Math.abs(nowMs - this.#keptMs) >= keepMs) {
      this.#keptMs = nowMs
      this.#keep(nowMs)
    }
    return latestMs !== undefined && nowMs - latestMs > this.#horizonMs ? latestMs - marginMs : undefined
  }
}
