/**
 * A count for a test: `few` in every run, enough to find regressions within minutes; `full` with TS2P_FULL=1.
 */
export function scaled(few, full) {
  return isFull ? full : few
}

/** Whether TS2P_FULL=1 asks for the long run. */
export const isFull = process.env.TS2P_FULL === '1'
