/** Sockets over real transports, which are closed together when a case is over. */
export class RealNodes {
  readonly #sockets: { close(): Promise<void> }[] = []

  add<S extends { close(): Promise<void> }>(socket: S): S {
    this.#sockets.push(socket)
    return socket
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map((socket) => socket.close()))
  }
}
