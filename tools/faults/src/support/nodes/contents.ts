import type { SyncSocket } from '@ts2p/sync'

/** All that a node holds, as text: each key with its value, and who holds it for how long by which write. */
export function contentsOf(socket: SyncSocket<string, string>): string {
  const keys = [...socket.keys()].toSorted()
  return JSON.stringify(keys.map((key) => [key, socket.get(key), socket.lease(key) ?? null]))
}

/** What a write is refused with while others hold the key, or before the node has caught up. Everything else is a fault. */
const expected = ['LEASE_HELD', 'LEASE_CONTESTED', 'CATCHING_UP', 'KEY_NOT_FOUND']

/** Runs a write that may be refused. @returns whether it was done */
export function tryToWrite(write: () => unknown): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && expected.includes(String(error.code))) return false
    throw error
  }
}
