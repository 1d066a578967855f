import type { SyncSocket } from '@ts2p/sync'
import { NoNeighborError } from '../failure.ts'
import type { BenchReply, CommandRequests } from '../control/request.ts'

/** How many writes are made before the next progress is told, and how many wait for their confirmation at once. */
const roundWrites = 64

/**
 * Writes keys of this node's own, each of which a neighbor confirms, and deletes them again. Every node of the network takes part in
 * that: it measures the network as it is. They are not owned keys: what a measurement leaves that is killed others can delete, once its
 * leases have run out.
 * @throws {NoNeighborError} There are fewer neighbors than must confirm each write.
 */
export async function* benchmark(
  socket: SyncSocket,
  { count, bytes, confirm }: CommandRequests['bench'],
  signal: AbortSignal,
): AsyncGenerator<BenchReply, void, undefined> {
  const linked = socket.peers.size
  if (linked < confirm.replicas) throw new NoNeighborError({ linked, wanted: confirm.replicas })
  const value = new Uint8Array(bytes).fill(120)
  const names = Array.from({ length: count }, (_, index) => `ts2p-bench/${socket.id}/${index}`)
  const confirmedMs: number[] = []
  let settingMs = 0
  try {
    for (let first = 0; first < count && !signal.aborted; first += roundWrites) {
      const round = names.slice(first, first + roundWrites)
      const begun = performance.now()
      for (const name of round) socket.set(name, value)
      settingMs += performance.now() - begun
      if (confirm.replicas > 0) {
        const waits = round.map((name) => socket.replicated(name, confirm))
        await Promise.all(waits.map((wait) => wait.then(() => confirmedMs.push(performance.now() - begun))))
      }
      yield { done: Math.min(first + roundWrites, count), of: count }
    }
  } finally {
    for (const name of names) socket.del(name)
  }
  if (signal.aborted) return
  const sorted = confirmedMs.toSorted((x, y) => x - y)
  const quantile = (part: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  yield {
    count,
    bytes,
    setsPerSecond: Math.round(count / Math.max(settingMs / 1000, 1e-6)),
    confirmedMsMedian: quantile(0.5),
    confirmedMs99: quantile(0.99),
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
