import type { Server } from 'node:net'
import { AddressInUseError, ListenError } from '@ts2p/base'
import type { Listener } from '@ts2p/base'
import { reasonOf } from './error-reason.ts'

/**
 * Makes a server of node:net, node:tls, node:http or node:https listen.
 * @throws {AddressInUseError} The port is taken.
 * @throws {ListenError} The server cannot listen there for another reason.
 */
export function openServer(server: Server, address: { host: string; port: number }): Promise<Listener> {
  const { host, port } = address
  return new Promise<Listener>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      // A listening server may still fail to accept (no file descriptors left): the client notices, and tries again.
      server.on('error', () => undefined)
      const bound = server.address()
      const isBound = bound !== null && typeof bound === 'object'
      resolve({ host, port: isBound ? bound.port : port, close: () => closed(server) })
    })
  }).catch((error: unknown) => {
    throw listenErrorOf(error, address)
  })
}

function listenErrorOf(cause: unknown, address: { host: string; port: number }): Error {
  const error: Error & { code?: string } = cause instanceof Error ? cause : new Error(String(cause))
  if (error.code === 'EADDRINUSE') return new AddressInUseError(address, { cause })
  return new ListenError({ ...address, reason: reasonOf(error) }, { cause })
}

/** Resolves once the server accepts no new connection. The callback of server.close() would wait for the open ones to end. */
function closed(server: Server): Promise<void> {
  server.close()
  return new Promise((resolve) => setImmediate(resolve))
}
