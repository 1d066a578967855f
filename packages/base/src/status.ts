/** What a node suffers from, by kind, for `status`. Bounded by the number of kinds, which are written in the code. */
export class Status {
  readonly #problems = new Map<string, { count: number; sentence: string }>()

  /** Notes a problem; the last sentence of each kind is kept, with a count. */
  report(kind: string, sentence: string): void {
    this.#problems.set(kind, { count: (this.#problems.get(kind)?.count ?? 0) + 1, sentence })
  }

  /** 'Nominal', or a sentence for each kind of problem there was. */
  read(): 'Nominal' | string[] {
    if (this.#problems.size === 0) return 'Nominal'
    return [...this.#problems.values()].map(({ count, sentence }) =>
      count === 1 ? sentence : `${sentence} (${count} times)`,
    )
  }
}
