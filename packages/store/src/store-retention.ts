import type { BinaryString } from './values/binary-string.ts'
import { Change } from './change.ts'
import type { KeyIndex } from './leases/key-index.ts'
import type { StoreSettings } from './options.ts'
import { cutoffOf } from './retention/ephemeral-keys.ts'
import { TombstoneGc } from './tombstones/tombstone-gc.ts'
import { StoreView } from './store-view.ts'

/** How long ago a key was deleted that is packed, milliseconds: by then it is seldom set again, or asked for. */
const packedAgeMs = 60_000

/** What a store does when time has passed: forgets deleted keys, and hides and drops ephemeral ones. */
export class StoreRetention extends StoreView {
  readonly #book: KeyIndex
  readonly #tombstoneGc: TombstoneGc
  #garbageBefore = 0

  constructor(view: ConstructorParameters<typeof StoreView>[0], settings: StoreSettings) {
    super(view)
    this.#book = view.book
    this.#tombstoneGc = new TombstoneGc(settings)
  }

  /**
   * Forgets deleted keys: those of which all is older than `limits.tombstoneRetentionMs`, for which it looks once an hour at most, and the oldest if all
   * take more than `limits.tombstoneBytesMax`, which moves `completeSince`.
   * @returns the keys of which nothing is left
   */
  collectTombstones(nowMs: number): BinaryString[] {
    this.#book.packDeleted(Math.floor((nowMs - packedAgeMs) / 1000))
    const cutoffs = this.#tombstoneGc.cutoffs(nowMs)
    const forgotten = cutoffs === undefined ? [] : this.#book.collectTombstones(cutoffs)
    const trimming = this.#tombstoneGc.trimming(this.#book.usage.deletedBytes, nowMs)
    if (trimming === undefined) return forgotten
    const { keys, before } = this.#book.trim(trimming)
    this.#tombstoneGc.completeSince = before
    return [...forgotten, ...keys]
  }

  /** Hides the values of ephemeral keys that have ended by a time. @param nowMs the network's time, as far as it is known */
  endEphemeral(nowMs: number): Change[] {
    return this.#book.hideEnded(Math.floor(nowMs / 1000)).map(([key, after]) => {
      return new Change(
        { key, effect: 'expire', leaseLost: false },
        { before: after, after, claims: [], book: this.#book },
      )
    })
  }

  /** Drops the ephemeral keys of which all is so old that no lease of it can last. @returns the keys */
  dropGarbage(nowMs: number): readonly BinaryString[] {
    const cutoff = cutoffOf(nowMs)
    const keys = this.#book.dropGarbage(cutoff)
    if (keys.length > 0) this.#garbageBefore = Math.max(this.#garbageBefore, cutoff)
    return keys
  }

  /** The last cutoff, a second since 1970, at which this store has dropped ephemeral keys. */
  get garbageBefore(): number {
    return this.#garbageBefore
  }

  /**
   * The second since 1970 from which on this store knows every deletion that it heard of; 0: it has forgotten none before its time. A replica
   * without contact since before then must call `dropRemoteState`, and this one tells it.
   */
  get completeSince(): number {
    return this.#tombstoneGc.completeSince
  }

  /** What this store holds is from a replica that has forgotten the deletions of before a second. */
  missesDeletionsBefore(second: number): void {
    this.#tombstoneGc.completeSince = second
  }
}
