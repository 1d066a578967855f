/**
 * How often a test does what it does: seldom in every run, so that the tests take minutes and not a quarter of an hour,
 * and as often as it once was with TS2P_FULL=1.
 */
export function scaled(few: number, full: number): number

/** Whether TS2P_FULL=1 asks for the long run. */
export const isFull: boolean
