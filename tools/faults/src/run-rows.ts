import type { Progress, ProgressStep } from './progress.ts'
import type { FaultRow } from './row.ts'
import { runRowProcess } from './row-process.ts'

/** Processes that run at the same time. */
const processesMax = 2
/** A row gets at least this long, in milliseconds, so that preparing it is worth its while. */
const shareMsMin = 3000

/** How the rows are run. */
export interface RunRowsOptions {
  readonly progress: Progress
  /** The time for all rows, in milliseconds. */
  readonly ms: number
  /** The program that runs one row: `run-row.js`. */
  readonly program: string
  /** How long a process may report nothing, in milliseconds. Default: 120,000. */
  readonly silenceMs?: number
  readonly onStep?: (row: FaultRow, step: ProgressStep) => void
}

/**
 * Runs the rows that are not complete until all are or the time is over. What a quick row leaves of its share goes to
 * the others. A row whose process failed is not tried again in this run.
 */
export async function runRows(rows: readonly FaultRow[], options: RunRowsOptions): Promise<void> {
  const { progress, ms, program, silenceMs = 120_000, onStep } = options
  const endsAt = performance.now() + ms
  const failed = new Set<FaultRow>()
  const isOpen = (row: FaultRow): boolean => !failed.has(row) && progress.of(row.name).done < row.wanted
  const runOne = async (row: FaultRow, shareMs: number): Promise<void> => {
    const endedWell = await runRowProcess({
      name: row.name,
      from: progress.of(row.name).done,
      wanted: row.wanted,
      ms: shareMs,
      ...(row.heapMiB !== undefined && { heapMiB: row.heapMiB }),
      program,
      silenceMs,
      onStep: (step) => {
        progress.add(row.name, step)
        onStep?.(row, step)
      },
    })
    if (!endedWell) failed.add(row)
  }
  for (;;) {
    const open = rows.filter(isOpen).toSorted((one, other) => remainingMs(one, progress) - remainingMs(other, progress))
    if (open.length === 0 || performance.now() >= endsAt) return
    const timed = open.filter(({ isTimed }) => isTimed)
    const others = open.filter(({ isTimed }) => !isTimed)
    const work = async (queue: FaultRow[], processes: number): Promise<void> => {
      for (;;) {
        const leftMs = endsAt - performance.now()
        const waiting = timed.length + others.length
        const row = leftMs > 0 ? queue.shift() : undefined
        if (!row) return
        const shareMs = Math.min(leftMs, Math.max(shareMsMin, (leftMs * processes) / waiting))
        // oxlint-disable-next-line no-await-in-loop -- one row after the other
        await runOne(row, Math.round(shareMs))
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- the next round shares out what this one leaves
    await Promise.all(Array.from({ length: processesMax }, () => work(others, processesMax)))
    // oxlint-disable-next-line no-await-in-loop -- alone
    await work(timed, 1)
  }
}

/** How long a row still takes, by what it took so far. A row that never ran comes first, in the order of the table. */
function remainingMs({ name, wanted }: FaultRow, progress: Progress): number {
  const { done, ms } = progress.of(name)
  return done === 0 ? 0 : (ms / done) * (wanted - done)
}
