const bytesPerMiB = 2 ** 20

/** The memory that this process holds, in MiB, after garbage was collected. */
export function residentMiB(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / bytesPerMiB
}

/**
 * The bytes that JavaScript holds, in MiB, heap and buffers, after garbage was collected. Twice, because the memory of
 * dead buffers is counted as free only when the next collection begins.
 */
export function heldMiB(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / bytesPerMiB
}

/** The processor time of this process, in milliseconds. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
