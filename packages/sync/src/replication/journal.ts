import type { JournalPosition } from '@ts2p/protocol'
import type { BinaryString } from '@ts2p/store'

/** How many changes a journal reaches back at least. */
const persistedMin = 65_536
/** A key that changed several times is sent once among this many distinct keys. */
const recentMax = 4096

/**
 * The order in which keys have changed at a node, so that a neighbor that was there before is told what it has missed. It is
 * another journal after every start, and when something was dropped that others may not take for unchanged.
 */
export class Journal {
  readonly #newEpoch: () => number
  #epoch: number
  #sequence = 0
  /** The keys of the latest changes. */
  #keys: BinaryString[] = []

  /** @param newEpoch - A random number of 32 bits. */
  constructor(newEpoch: () => number) {
    this.#newEpoch = newEpoch
    this.#epoch = newEpoch()
  }

  /** Behind the last change. */
  get position(): JournalPosition {
    return { epoch: this.#epoch, sequence: this.#sequence }
  }

  /** A key has changed. */
  append(key: BinaryString): void {
    if (this.#sequence === 0xffffffff) this.begin()
    this.#sequence += 1
    if (this.#keys.push(key) >= 2 * persistedMin) this.#keys = this.#keys.slice(-persistedMin)
  }

  /** Whether it is known what has changed since a position: not if that is of another journal, or too long ago. */
  covers({ epoch, sequence }: JournalPosition): boolean {
    const count = this.#sequence - sequence
    return epoch === this.#epoch && count >= 0 && count <= this.#keys.length
  }

  /**
   * The keys that have changed since a position, up to now, read as they are asked for, so that nothing is held for a neighbor that is
   * slow to take them. A key that changes often comes again only after many others.
   * @returns whether all came; false if the journal does not reach back any more to where the reading was
   */
  *since({ epoch, sequence }: JournalPosition): Generator<BinaryString, boolean, undefined> {
    if (!this.covers({ epoch, sequence })) return false
    const end = this.#sequence
    const recent = new Set<BinaryString>()
    for (let next = sequence; next < end; next += 1) {
      const key = this.covers({ epoch, sequence: next }) ? this.#keys.at(next - this.#sequence) : undefined
      if (key === undefined) return false
      if (recent.has(key)) continue
      if (recent.size >= recentMax) recent.clear()
      recent.add(key)
      yield key
    }
    return true
  }

  /** Begins another journal. */
  begin(): void {
    this.#epoch = this.#newEpoch()
    this.#sequence = 0
    this.#keys = []
  }
}
