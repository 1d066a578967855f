import type { Environment, RefusedError } from '@ts2p/base'
import { addressToString } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'

/** How long a node waits at most for its first link by default, milliseconds. */
export const defaultJoinMs = 2000

/** What a wait for the first link needs of a socket. */
export interface JoiningSocket {
  readonly isConnected: boolean
  on(event: 'connect' | 'close', listener: () => void): unknown
  on(event: 'refused', listener: (error: RefusedError) => void): unknown
  off(event: 'connect' | 'close', listener: () => void): unknown
  off(event: 'refused', listener: (error: RefusedError) => void): unknown
}

/**
 * Resolves when a node that dials `seeds` has its first link; at once if all of them are its own addresses. After `joinMs` it resolves unlinked:
 * the node may be the first of its network.
 * @param options.onAlone - Called when it resolves unlinked.
 * @throws {RefusedError} All of them have refused this node, or after `joinMs` one has.
 */
export function firstLink(
  socket: JoiningSocket,
  options: {
    readonly seeds: readonly Address[]
    readonly joinMs: number
    readonly environment: Pick<Environment, 'setTimer'>
    readonly onAlone: () => void
  },
): Promise<void> {
  const open = new Set(options.seeds.map(addressToString))
  if (socket.isConnected || open.size === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    let refusal: RefusedError | undefined
    const end = (settle: () => void): void => {
      cancel()
      socket.off('connect', onDone)
      socket.off('close', onDone)
      socket.off('refused', onRefused)
      settle()
    }
    // The wait of a socket that closes is ended by the socket.
    const onDone = (): void => end(resolve)
    const endUnlinked = (): void => end(() => (refusal ? reject(refusal) : resolve()))
    const onRefused = (error: RefusedError): void => {
      if (!open.delete(error.address)) return
      // Nodes may share one list, which has their own address too.
      if (error.refusal !== 'oneself') refusal ??= error
      if (open.size === 0) endUnlinked()
    }
    const cancel = options.environment.setTimer(options.joinMs, () => {
      if (!refusal) options.onAlone()
      endUnlinked()
    })
    socket.on('connect', onDone)
    socket.on('close', onDone)
    socket.on('refused', onRefused)
  })
}
