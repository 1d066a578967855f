/** What a node wrote this long before it lost contact, milliseconds, may not have reached any other node. */
const marginMs = 60_000
/** How often the time of the last contact is offered to be persisted, milliseconds. */
const persistMs = 60_000
/** By which part of the tombstone retention the persisted time may be too early while nothing changes: 3 hours of 30 days. */
const precisionPart = 1 / 240
/** A wall clock that goes on by more than this between two looks was set, or the machine has slept, milliseconds. */
const leapMs = 60_000
/** If the links outlast it for so long, steady milliseconds, the clock was set: those of a machine that has slept end. */
const doubtMs = 60_000

/**
 * Detects that this node had no neighbor for too long: other nodes no longer know what they have deleted, so it must not send them
 * what it holds. Uses the wall clock, because a machine that sleeps has no neighbors either.
 */
export class PartitionDetector {
  readonly #tombstoneRetentionMs: number
  readonly #persist: (nowMs: number) => void
  #isInContact = false
  /** When there was last a neighbor; undefined: never. */
  #latestMs: number | undefined
  /** Since when there was none before there was one again. */
  #absentSinceMs: number | undefined
  #isResyncing = true
  #persistedMs = Number.NEGATIVE_INFINITY
  /** Since when it is in doubt whether the machine has slept, steady milliseconds. */
  #leaptAt: number | undefined

  /** @param keep - Called about once a minute, so that the time is persisted if that is worth a write. */
  constructor(tombstoneRetentionMs: number, keep: (nowMs: number) => void) {
    this.#tombstoneRetentionMs = tombstoneRetentionMs
    this.#persist = keep
  }

  /** How much too early the persisted time may be while nothing changes, milliseconds: that drops copies sooner, and never too late. */
  get precisionMs(): number {
    return Math.max(persistMs, this.#tombstoneRetentionMs * precisionPart)
  }

  /** When there was last a neighbor, milliseconds since 1970; undefined: never. */
  get latestMs(): number | undefined {
    return this.#latestMs
  }

  /** Whether what this node holds of others it is about to get from its neighbors: it is new, or has joined cold. */
  get isResyncing(): boolean {
    return this.#isResyncing
  }

  /** Restores when the node last had a neighbor before it was restarted. */
  restore(latestMs: number): void {
    this.#latestMs = latestMs
    this.#isResyncing = false
  }

  /**
   * There is a neighbor, and was none. Returns since when, if that is too long ago.
   *
   * @param nowMs - By this node's wall clock.
   * @param neighborMs - By the neighbor's. The earlier one counts, so that a clock that is fast drops nothing.
   */
  begin(nowMs: number, neighborMs: number): number | undefined {
    this.#isInContact = true
    this.#absentSinceMs = this.#latestMs
    this.#latestMs = nowMs
    this.#save(nowMs)
    const sinceMs = this.#absentSinceMs
    if (sinceMs === undefined || Math.min(nowMs, neighborMs) - sinceMs <= this.#tombstoneRetentionMs) return undefined
    return this.#joinCold(sinceMs)
  }

  /** A neighbor knows no deletions of before. Returns since when this node had no neighbor, if it missed some of those. */
  missed(completeSinceMs: number): number | undefined {
    const sinceMs = this.#absentSinceMs
    return sinceMs !== undefined && sinceMs < completeSinceMs ? this.#joinCold(sinceMs) : undefined
  }

  /** A neighbor has sent all that it holds, deletions included. */
  onCopied(): void {
    this.#isResyncing = false
    this.#absentSinceMs = undefined
  }

  /** Time has gone by. @param now - Steady milliseconds. */
  recordContact(nowMs: number, now: number): void {
    if (!this.#isInContact || this.#isInDoubt(nowMs, now)) return
    this.#latestMs = nowMs
    this.#save(nowMs)
  }

  /** The last neighbor is gone. */
  end(): void {
    this.#isInContact = false
    this.#leaptAt = undefined
  }

  #joinCold(sinceMs: number): number {
    this.#absentSinceMs = undefined
    this.#isResyncing = true
    return sinceMs - marginMs
  }

  #isInDoubt(nowMs: number, now: number): boolean {
    if (nowMs - (this.#latestMs ?? nowMs) > leapMs) this.#leaptAt ??= now
    if (this.#leaptAt === undefined) return false
    if (now - this.#leaptAt < doubtMs) return true
    this.#leaptAt = undefined
    return false
  }

  #save(nowMs: number): void {
    if (Math.abs(nowMs - this.#persistedMs) < persistMs) return
    this.#persistedMs = nowMs
    this.#persist(nowMs)
  }
}
