import type { Address } from '@ts2p/protocol'

/** How many hints are kept at most; the oldest go first. */
const hintsMax = 64

/** Addresses that nodes without a free slot have named instead of themselves. Each is tried once. */
export class PeerHints {
  readonly #random: () => number
  readonly #addresses: Address[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  add(addresses: readonly Address[]): void {
    this.#addresses.push(...addresses)
    this.#addresses.splice(0, this.#addresses.length - hintsMax)
  }

  /** Removes and returns up to `count` hints, chosen at random. */
  dequeue(count: number): Address[] {
    const taken: Address[] = []
    while (taken.length < count && this.#addresses.length > 0)
      taken.push(...this.#addresses.splice(Math.floor(this.#random() * this.#addresses.length), 1))
    return taken
  }
}
