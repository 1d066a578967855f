import type { Socket } from 'node:net'
import { PendingLink } from '@ts2p/base'
import type { Link } from '@ts2p/base'

/**
 * The connections of a server that are no links yet: their TLS handshake or upgrade is not done. Each is told of as a
 * PendingLink as soon as the platform has accepted it, so that strangers who say nothing are counted.
 */
export class PendingLinks {
  readonly #byRemote = new Map<string, PendingLink>()

  /** @param server a server of node:net, or one that stands on it */
  constructor(
    server: { on(event: 'connection', listener: (socket: Socket) => void): unknown },
    onLink: (link: Link) => void,
  ) {
    server.on('connection', (socket) => {
      const remote = remoteOf(socket)
      const pending = new PendingLink(plainHost(socket.remoteAddress ?? ''), () => socket.destroy())
      this.#byRemote.set(remote, pending)
      socket.once('close', () => {
        if (this.#byRemote.get(remote) === pending) this.#byRemote.delete(remote)
        pending.end()
      })
      onLink(pending)
    })
  }

  /** The link of this socket is ready. The encrypted socket and the one beneath it are two objects with one other end. */
  become(socket: Socket, link: Link): void {
    const remote = remoteOf(socket)
    const pending = this.#byRemote.get(remote)
    this.#byRemote.delete(remote)
    if (pending) pending.become(link)
    else link.destroy()
  }
}

function remoteOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** IPv4 addresses come in IPv6 form where a listener takes both. */
export function plainHost(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
