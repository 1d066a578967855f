import { connect, createServer } from 'node:tls'
import { checkKnown, PendingLinks, tlsOptionNames } from '@ts2p/base'
import type { TlsOptions, Transport } from '@ts2p/base'
import { createTlsServer, openServer, tlsDialOptions } from '@ts2p/base/node'
import { dialSocket } from './dial-socket.ts'
import { TcpLink } from './tcp-link.ts'

/** TCP encrypted by TLS 1.3. @throws {ArgumentError} There is no such option. */
export function tls(options: TlsOptions): Transport {
  checkKnown('options', options, tlsOptionNames)
  const { certificate } = options
  return {
    name: 'tls',
    security: 'tls',
    async listen(host, port, onLink) {
      const server = await createTlsServer({ transport: 'TLS', host, port, certificate }, (own) => createServer(own))
      const pending = new PendingLinks(onLink)
      server.on('connection', (socket) => pending.add(socket))
      server.on('secureConnection', (socket) =>
        pending.become(socket, new TcpLink(socket, { openEvent: 'secureConnect' })),
      )
      return openServer(server, { host, port })
    },
    dial(host, port) {
      const socket = dialSocket(() => connect({ host, port, ...tlsDialOptions(host, options) }))
      return new TcpLink(socket, { openEvent: 'secureConnect', dialed: { host, port } })
    },
  }
}
