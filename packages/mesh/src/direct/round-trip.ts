/** The smoothed round trip as long as nothing was measured, and the time-out then, milliseconds (RFC 6298, 2.1). */
const unmeasured = { smoothedMs: 250, timeoutMs: 1000 } as const
/** Least and greatest time-out, milliseconds. RFC 6298 asks for a least one of 1 s; Linux uses 200 ms. */
const bounds = { leastMs: 200, greatestMs: 10_000 } as const
/** Weights of a new measurement (RFC 6298, 2.3). */
const [alpha, beta] = [1 / 8, 1 / 4] as const

/**
 * How long messages to a node and their acknowledgments take, and after how long a message is repeated.
 * @see Paxson, Allman, Chu, Sargent: Computing TCP's Retransmission Timer, RFC 6298
 */
export class RoundTrip {
  #smoothedMs: number | undefined
  #variationMs = 0
  #boundMs: number = unmeasured.smoothedMs

  /** Smoothed, milliseconds. */
  get smoothedMs(): number {
    return this.#smoothedMs ?? this.#boundMs
  }

  /** As long as nothing is measured, the round trip is taken to be no longer than this, milliseconds. */
  seed(ms: number): void {
    this.#boundMs = Math.min(unmeasured.smoothedMs, ms)
  }

  /** How long an acknowledgment may take until the message is repeated, milliseconds. */
  get timeoutMs(): number {
    if (this.#smoothedMs === undefined) return unmeasured.timeoutMs
    return Math.min(bounds.greatestMs, Math.max(bounds.leastMs, this.#smoothedMs + 4 * this.#variationMs))
  }

  /** Adds a measurement, milliseconds; not of a message that was repeated, since it is unknown which copy is acknowledged (Karn's algorithm). */
  add(ms: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = ms
      this.#variationMs = ms / 2
      return
    }
    this.#variationMs += beta * (Math.abs(this.#smoothedMs - ms) - this.#variationMs)
    this.#smoothedMs += alpha * (ms - this.#smoothedMs)
  }
}
