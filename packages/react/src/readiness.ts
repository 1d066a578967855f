import type { SyncSocket } from '@ts2p/sync'

/** Whether what a socket has kept was read, so that it can be used. */
export function isReady<K, V>(socket: SyncSocket<K, V>): boolean {
  return whenReady(() => {
    void socket.size
    return true
  }, false)
}

/** What a reading comes to, or something else as long as the socket cannot be used. */
export function whenReady<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch (error) {
    // Not by its class: an application may have two copies of a package.
    if (error instanceof Error && 'code' in error && error.code === 'NOT_READY') return otherwise
    throw error
  }
}
