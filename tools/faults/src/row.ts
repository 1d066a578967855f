/** One row of the table: a fault, how often it is caused, and what must hold. */
export interface FaultRow {
  /** The name for `--only`, such as 'malformed-frames'. */
  readonly name: string
  /** What is done to the code, in one sentence. */
  readonly fault: string
  /** What must hold, with its figure, in one sentence. */
  readonly mustHold: string
  /** How many cases the row has at its large count. */
  readonly wanted: number
  /** What a case is, in the plural, such as 'frames'. */
  readonly unit: string
  /** What the worst figure measures, with its unit, such as 'MiB of growth'. Absent where only violations count. */
  readonly figure?: string
  /** The heap that the row's process may have, in MiB. Absent: as much as Node gives. */
  readonly heapMiB?: number
  /** Whether the row measures time by the clock, and so must run alone. Default: false. */
  readonly isTimed?: boolean
  /** Prepares what all cases share. Called once in each process that runs the row. */
  open(): Promise<FaultRunner> | FaultRunner
}

/** Runs the cases of a row. */
export interface FaultRunner {
  /**
   * Runs cases from number `from` on, in order, for about a second (one case may take longer), but none from `until` on.
   * Case n is made from n alone (its seed), so that a violation can be repeated.
   */
  slice(from: number, until: number): Promise<SliceResult> | SliceResult
  /** Ends what `open` began. */
  close?(): Promise<void> | void
}

/** What came of some cases. */
export interface SliceResult {
  /** How many cases were run. */
  readonly done: number
  /** The worst figure among them; larger is worse. */
  readonly worst?: number
  /** One sentence for each case in which something did not hold, with its number. */
  readonly violations: readonly string[]
}
