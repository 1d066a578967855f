/**
 * Remembers which messages were seen, in two generations: ids enter the young one, and when that is full or old enough
 * it becomes the old one, and what was old is forgotten. So every id is remembered for at least one generation.
 */
export class SeenCache {
  readonly #idsMax: number
  readonly #generationMs: number
  #young = new Set<string>()
  #old: ReadonlySet<string> = new Set()
  #bornAt = 0

  /** @param options.idsMax ids in both generations together; options.generationMs a generation's time, milliseconds */
  constructor(options: { idsMax: number; generationMs: number }) {
    this.#idsMax = options.idsMax
    this.#generationMs = options.generationMs
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id)
  }

  /** Remembers an id from now (monotonic milliseconds) on. */
  add(id: string, now: number): void {
    if (this.#young.size >= this.#idsMax / 2 || now - this.#bornAt >= this.#generationMs) {
      this.#old = this.#young
      this.#young = new Set()
      this.#bornAt = now
    }
    this.#young.add(id)
  }
}
