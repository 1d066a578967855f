/** What a node wrote this long before it lost contact, milliseconds, may not have reached any other node. */
const marginMs = 60_000
/** How often the time of the last contact is persisted, milliseconds. */
const keepMs = 60_000

/**
 * Detects that this node had no neighbor for too long: other nodes no longer know what they have deleted, so it must not send them
 * what it holds. Uses the wall clock, because a machine that sleeps has no neighbors either.
 */
export class Contact {
  readonly #horizonMs: number
  readonly #keep: (nowMs: number) => void
  #latestMs: number | undefined
  #keptMs = Number.NEGATIVE_INFINITY

  /** @param keep - Called about once a minute, so that the time is persisted. */
  constructor(horizonMs: number, keep: (nowMs: number) => void) {
    this.#horizonMs = horizonMs
    this.#keep = keep
  }

  /** Restores when the node last had a neighbor before it was restarted. */
  restore(latestMs: number): void {
    this.#latestMs = latestMs
  }

  /** There is a neighbor. Returns since when the node had none, if that is too long ago. */
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
