import type { FaultRow } from './row.ts'

/** All rows, in the order of `faults.md`. Each has a file in `rows/`. */
export const rows: readonly FaultRow[] = []
