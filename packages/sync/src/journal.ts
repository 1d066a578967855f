import type { Position } from '@ts2p/protocol'
import type { BinaryString } from '@ts2p/store'

/** How many changes a journal reaches back at least. */
const keptMin = 65_536

/**
 * The order in which keys have changed at a node, so that a neighbour that was there before is told what it has missed. It is
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
  get position(): Position {
    return { epoch: this.#epoch, sequence: this.#sequence }
  }

  /** A key has changed. */
  note(key: BinaryString): void {
    if (this.#sequence === 0xffffffff) this.begin()
    this.#sequence += 1
    if (this.#keys.push(key) >= 2 * keptMin) this.#keys = this.#keys.slice(-keptMin)
  }

  /** The keys that have changed since a position, each once; undefined if that is of another journal, or too long ago. */
  since({ epoch, sequence }: Position): ReadonlySet<BinaryString> | undefined {
    const count = this.#sequence - sequence
    if (epoch !== this.#epoch || count < 0 || count > this.#keys.length) return undefined
    return new Set(count === 0 ? [] : this.#keys.slice(-count))
  }

  /** Begins another journal. */
  begin(): void {
    this.#epoch = this.#newEpoch()
    this.#sequence = 0
    this.#keys = []
  }
}
