import type { PersistedEntry, Persistence } from '@ts2p/store'

/** Opens a place and reads all of it. */
export async function readAll(persistence: Persistence): Promise<PersistedEntry[]> {
  const entries: PersistedEntry[] = []
  for await (const piece of persistence.open()) entries.push(...piece)
  return entries
}
