import { ClosedError } from './errors.ts'

/** What tells that it was closed: every socket does. */
export interface Closable {
  /** Whether `close` was called. */
  readonly isClosed: boolean
  on(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/**
 * Waits for what a call of a socket has begun, until the socket closes.
 * @param action names the call in the error
 * @throws {ClosedError} The socket was closed before the promise was settled.
 */
export function untilClosed<T>(socket: Closable, action: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new ClosedError(action))
    if (socket.isClosed) onClose()
    socket.on('close', onClose)
    void promise.then(resolve, reject).then(() => socket.off('close', onClose))
  })
}
