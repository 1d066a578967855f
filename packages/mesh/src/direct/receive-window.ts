import { acknowledgedRangesMax } from '@ts2p/protocol'
import type { Acknowledgment } from '@ts2p/protocol'

/** How far above the cumulative acknowledgment a sequence may be. Sources have fewer messages under way. */
const aheadMax = 16_384

/** Which messages of one stream have arrived, so that each is delivered once. */
export class ReceiveWindow {
  readonly #epoch: number
  /** All up to this sequence have arrived, or will never be sent. */
  #upTo: number
  /** Ranges above it, ascending, with gaps in between. */
  #ranges: { first: number; last: number }[] = []

  constructor(epoch: number, oldest: number) {
    this.#epoch = epoch
    this.#upTo = oldest - 1
  }

  /** The source will not send messages below this sequence again. */
  forgo(oldest: number): void {
    if (oldest - 1 <= this.#upTo) return
    this.#upTo = oldest - 1
    this.#join()
  }

  /** Notes a message. @returns whether it is new: neither received before, nor too far ahead */
  add(sequence: number): boolean {
    if (sequence <= this.#upTo || sequence > this.#upTo + aheadMax) return false
    if (sequence === this.#upTo + 1) {
      this.#upTo = sequence
      this.#join()
      return true
    }
    const next = this.#ranges.findIndex(({ last }) => last + 1 >= sequence)
    const range = this.#ranges[next]
    if (!range || sequence + 1 < range.first) {
      this.#ranges.splice(range ? next : this.#ranges.length, 0, { first: sequence, last: sequence })
      return true
    }
    if (sequence >= range.first && sequence <= range.last) return false
    if (sequence + 1 === range.first) {
      range.first = sequence
      return true
    }
    range.last = sequence
    const after = this.#ranges[next + 1]
    if (after && after.first === sequence + 1) this.#ranges.splice(next, 2, { first: range.first, last: after.last })
    return true
  }

  get acknowledgment(): Acknowledgment {
    return { epoch: this.#epoch, upTo: this.#upTo, ranges: this.#ranges.slice(0, acknowledgedRangesMax) }
  }

  /** Ranges that the lower end has reached belong to it. */
  #join(): void {
    let joined = 0
    for (const { first, last } of this.#ranges) {
      if (first > this.#upTo + 1) break
      this.#upTo = Math.max(this.#upTo, last)
      joined += 1
    }
    if (joined > 0) this.#ranges = this.#ranges.slice(joined)
  }
}
