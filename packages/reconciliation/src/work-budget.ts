/**
 * Limits how much of a long computation one call does, so that other work has its turn. It counts steps of similar cost (an id
 * compared, a symbol changed), because this package reads no clock. For everything at once, use `new WorkBudget(Infinity)`.
 */
export class WorkBudget {
  /** Steps that are left. The last piece of work may take it a little below zero. */
  left: number

  /** @param steps - The number of steps, or `Infinity`. */
  constructor(steps: number) {
    this.left = steps
  }

  /** Whether no step is left. */
  get isSpent(): boolean {
    return this.left <= 0
  }
}
