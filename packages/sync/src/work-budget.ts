/**
 * How much of a long computation may be done before others have their turn. It is counted in steps of like cost (an id
 * looked at, a symbol changed), since the core has no clock: the caller reads its own between two budgets.
 */
export class WorkBudget {
  /** Steps that are left; the last piece of work may take it a little below zero. */
  left: number

  constructor(steps: number) {
    this.left = steps
  }

  get isSpent(): boolean {
    return this.left <= 0
  }
}
