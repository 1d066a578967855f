import type { Server } from 'node:net'
import { AddressInUseError, ListenError } from '@ts2p/base'
import type { Listener } from '@ts2p/base'
import { reasonOf } from './reason.ts'

/** Lets a server listen. @throws {AddressInUseError} @throws {ListenError} */
export function openServer(server: Server, host: string, port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error & { code?: string }): void => {
      const address = { host, port }
      reject(
        error.code === 'EADDRINUSE'
          ? new AddressInUseError(address, { cause: error })
          : new ListenError({ ...address, reason: reasonOf(error) }, { cause: error }),
      )
    }
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      // A server that listens may still fail to accept (no file descriptors left): the client hears of it, and tries again.
      server.on('error', () => undefined)
      const bound = server.address()
      const isBound = bound !== null && typeof bound === 'object'
      resolve({ host, port: isBound ? bound.port : port, close: () => closed(server) })
    })
  })
}

/** Resolves once no new link is accepted. server.close() itself would wait for the links that there are. */
function closed(server: Server): Promise<void> {
  server.close()
  return new Promise((resolve) => setImmediate(resolve))
}
