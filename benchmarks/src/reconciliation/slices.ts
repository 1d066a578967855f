/** Steps of one slice. */
const sliceSteps = 20_000

/** CPU time of one side, all its slices together, and the longest of them. */
export class Slices {
  totalMs = 0
  longestMs = 0

  /** Runs one piece of work that is not divided further. */
  run<T>(work: () => T): T {
    const startedAt = performance.now()
    const result = work()
    const ms = performance.now() - startedAt
    this.totalMs += ms
    this.longestMs = Math.max(this.longestMs, ms)
    return result
  }

  /** Runs a slice after the other until `work` says that it is done. */
  runAll(work: (steps: number) => boolean): void {
    while (!this.run(() => work(sliceSteps)));
  }
}
