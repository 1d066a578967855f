import { PendingLink } from './pending-link.ts'
import type { Link } from '../links/transport.ts'

/** A connection as a platform accepts it: the part of a socket of node:net that matters here. */
export interface AcceptedSocket {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

/**
 * The connections of a server that are no links yet, for transports: their encryption or upgrade is not done. Each is a PendingLink
 * as soon as the platform has accepted it, so that strangers who say nothing are counted.
 */
export class PendingLinks {
  readonly #onLink: (link: Link) => void
  readonly #byRemote = new Map<string, PendingLink>()

  /** @param onLink is given each link */
  constructor(onLink: (link: Link) => void) {
    this.#onLink = onLink
  }

  /** The platform has accepted a connection. */
  add(socket: AcceptedSocket): void {
    const remote = remoteOf(socket)
    const pending = new PendingLink(plainHost(socket.remoteAddress ?? ''), () => socket.destroy())
    this.#byRemote.set(remote, pending)
    socket.once('close', () => {
      if (this.#byRemote.get(remote) === pending) this.#byRemote.delete(remote)
      pending.end()
    })
    this.#onLink(pending)
  }

  /** The link of this socket is ready. An encrypted socket and the one beneath it are two objects with one other end. */
  become(socket: AcceptedSocket, link: Link): void {
    const remote = remoteOf(socket)
    const pending = this.#byRemote.get(remote)
    this.#byRemote.delete(remote)
    if (pending) pending.become(link)
    else link.destroy()
  }
}

/** A host as it is usually written: IPv4 addresses come in IPv6 form where a listener takes both. */
export function plainHost(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

function remoteOf({ remoteAddress, remotePort }: AcceptedSocket): string {
  return `${remoteAddress} ${remotePort}`
}
