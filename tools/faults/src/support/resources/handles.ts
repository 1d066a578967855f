/** How long handles that are being closed may take, milliseconds. */
const settleMs = 2000

/** The handles of sockets and timers that are open, by kind; those of the process itself are of other kinds. */
export function countHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (/^TCP|^GetAddrInfo|^Timeout/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** A sentence if there are more handles than before, and stay so. */
export async function handlesFault(before: ReadonlyMap<string, number>): Promise<string | undefined> {
  const startedAt = performance.now()
  for (;;) {
    const more = [...countHandles()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
    if (more.length === 0) return undefined
    const names = more.map(([kind, count]) => `${count - (before.get(kind) ?? 0)} of ${kind}`)
    if (performance.now() - startedAt > settleMs) return `Handles are left: ${names.join(', ')}.`
    // oxlint-disable-next-line no-await-in-loop -- until the event loop has closed them
    await new Promise((resolve) => setImmediate(resolve))
  }
}
