import type { Socket } from 'node:net'
import type { Server } from 'node:tls'

/** How long a TLS handshake may take, milliseconds. */
export const handshakeMs = 10_000

/**
 * The sockets of a TLS server whose handshake is not done. They are no links yet and nobody else knows them, so they
 * are cut when the server closes; else a stranger could keep the process from ending.
 */
export class Handshakes {
  readonly #socketsByRemote = new Map<string, Socket>()

  constructor(server: Server) {
    server.on('connection', (socket) => {
      const remote = remoteOf(socket)
      this.#socketsByRemote.set(remote, socket)
      socket.once('close', () => this.#socketsByRemote.delete(remote))
    })
    server.on('secureConnection', (socket) => this.#socketsByRemote.delete(remoteOf(socket)))
  }

  cut(): void {
    for (const socket of this.#socketsByRemote.values()) socket.destroy()
  }
}

/** The encrypted socket and the one beneath it are two objects with one other end. */
function remoteOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
