import { percentile } from './percentile.ts'

/** How long messages took, milliseconds. */
export class Latencies {
  #samples = new Float64Array(1024)
  #count = 0

  add(ms: number): void {
    if (this.#count === this.#samples.length) {
      const samples = new Float64Array(2 * this.#count)
      samples.set(this.#samples)
      this.#samples = samples
    }
    this.#samples[this.#count] = ms
    this.#count += 1
  }

  /** The middle, and what one of a hundred exceeds. */
  read(): { readonly p50: number; readonly p99: number } {
    const sorted = this.#samples.slice(0, this.#count).toSorted()
    return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
  }
}
