import { signal } from '../../running/until.ts'

/** Resolves when each has so many messages; undefined: they have. */
export function reachAll(tallies: readonly Tally[], count: number): Promise<unknown> | undefined {
  const late = tallies.flatMap((tally) => tally.reach(count) ?? [])
  return late.length > 0 ? Promise.all(late) : undefined
}

/** The messages that one node receives, by the number in their first 4 bytes. */
export class Tally {
  /** Messages received, each counted once. */
  count = 0
  /** How many came a second time to the application. */
  twice = 0
  #seen = new Uint8Array(1024)
  #wanted = Number.POSITIVE_INFINITY
  #give = (): void => {}

  /** Notes a message. @returns its number, or undefined if it has come before */
  note(packet: Uint8Array): number | undefined {
    const number = new DataView(packet.buffer, packet.byteOffset).getUint32(0)
    if (number >= this.#seen.length) this.#grow(number)
    if (this.#seen[number] === 1) {
      this.twice += 1
      return undefined
    }
    this.#seen[number] = 1
    this.count += 1
    if (this.count >= this.#wanted) {
      this.#wanted = Number.POSITIVE_INFINITY
      this.#give()
    }
    return number
  }

  /** Resolves when so many have come. One at a time may wait. */
  reach(count: number): Promise<void> | undefined {
    if (this.count >= count) return undefined
    const { given, give } = signal()
    this.#wanted = count
    this.#give = give
    return given
  }

  #grow(number: number): void {
    const seen = new Uint8Array(2 * Math.max(number, this.#seen.length))
    seen.set(this.#seen)
    this.#seen = seen
  }
}
