import type { ProgressStep } from './progress.ts'
import type { FaultRow } from './row.ts'

/** From where and for how long a row runs. */
export interface SlicesOptions {
  readonly from: number
  readonly ms: number
  /** Is given what came of each slice. */
  readonly onStep: (step: ProgressStep) => void
}

/**
 * Runs slices of a row until all its cases are done or its time is over. Runs at least one.
 *
 * @throws {Error} when a slice reports a number of cases that it cannot have run
 */
export async function runSlices(row: FaultRow, { from, ms, onStep }: SlicesOptions): Promise<void> {
  const startedAt = performance.now()
  const runner = await row.open()
  try {
    let next = from
    let countedAt = startedAt
    while (next < row.wanted) {
      // oxlint-disable-next-line no-await-in-loop -- one slice after the other
      const { done, worst, violations } = await runner.slice(next, row.wanted)
      if (!Number.isSafeInteger(done) || done < 1 || done > row.wanted - next) {
        throw new Error(`The slice from ${next} says that it ran ${done} cases.`)
      }
      const now = performance.now()
      onStep({ done, ...(worst !== undefined && { worst }), violations, ms: Math.round(now - countedAt) })
      next += done
      countedAt = now
      if (now - startedAt >= ms) break
    }
  } finally {
    await runner.close?.()
  }
}
