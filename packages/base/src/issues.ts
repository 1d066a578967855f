/** Something that is wrong with a node, or was. */
export interface Issue {
  /** What kind it is, for programs, such as 'clock-ahead'. The codes are listed in the README of the package that reports them. */
  readonly code: string
  /** A sentence for people: what happened last, and what to do. */
  readonly message: string
  /** How often it has happened. */
  readonly count: number
  /** When it happened last, by this node's wall clock, milliseconds since 1970. */
  readonly lastAt: number
}

/** The issues of a node, one for each code. Bounded by the number of codes, which are written in the code. */
export class Issues {
  readonly #now: () => number
  readonly #byCode = new Map<string, Issue>()

  /** @param now the wall clock, milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Records an issue. Of each code the last message is kept, with a count. */
  report(code: string, message: string): void {
    const count = (this.#byCode.get(code)?.count ?? 0) + 1
    this.#byCode.set(code, { code, message, count, lastAt: this.#now() })
  }

  /** All issues, in the order in which their codes came up; empty if nothing went wrong. */
  list(): Issue[] {
    return [...this.#byCode.values()]
  }
}
