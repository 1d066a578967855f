import { connect, createServer } from 'node:net'
import type { Transport } from '@ts2p/base'
import { openServer } from '@ts2p/base/node'
import { dialSocket } from './dial-socket.ts'
import { TcpLink } from './tcp-link.ts'

/** Plain TCP: nothing is encrypted on the way. */
export function tcp(): Transport {
  return {
    name: 'tcp',
    security: 'plaintext',
    listen: (host, port, onLink) =>
      openServer(
        createServer((socket) => onLink(new TcpLink(socket, { openEvent: 'connect' }))),
        { host, port },
      ),
    dial(host, port) {
      const socket = dialSocket(() => connect({ host, port }))
      return new TcpLink(socket, { openEvent: 'connect', dialed: { host, port } })
    },
  }
}
