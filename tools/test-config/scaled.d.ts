/**
 * A count for a test: `few` in every run, enough to find regressions within minutes; `full` with TS2P_FULL=1.
 */
export function scaled(few: number, full: number): number

/** Whether TS2P_FULL=1 asks for the long run. */
export const isFull: boolean
