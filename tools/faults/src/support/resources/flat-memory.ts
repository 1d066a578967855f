/** How many readings are kept. */
const readingsMax = 10_000

/**
 * Whether a process that does the same over and over grows. The memory of a quarter of the way is the measure: before that, code
 * is compiled and pools are filled.
 */
export class FlatMemory {
  readonly #warmUp: number
  readonly #every: number
  readonly #readings: number[] = []
  #counted = 0

  /** @param options.warmUp rounds before anything is said; options.every rounds between two readings */
  constructor(options: { warmUp: number; every: number }) {
    this.#warmUp = options.warmUp
    this.#every = options.every
  }

  /** A round is over. @returns growth in % since a quarter of the way, now and then; negative if the process shrank */
  count(): number | undefined {
    this.#counted += 1
    if (this.#counted % this.#every !== 0 || this.#readings.length >= readingsMax) return undefined
    globalThis.gc?.()
    this.#readings.push(process.memoryUsage.rss())
    if (this.#counted < this.#warmUp) return undefined
    const quarter = Math.floor(this.#readings.length / 4)
    // Of a few readings: the kernel and the garbage collector have moods.
    const [then, now] = [this.#readings.slice(quarter, quarter + 3), this.#readings.slice(-3)].map(meanOf)
    return then && now ? 100 * (now / then - 1) : undefined
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
