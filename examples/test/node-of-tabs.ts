import { SyncSocket } from '@ts2p/sync'
import type { SyncSocketOptions } from '@ts2p/sync'
import { websocket } from '@ts2p/transport-websocket'

/** The node that tabs dial, which can be stopped and started again where it was. */
export class NodeOfTabs {
  readonly #options: Pick<SyncSocketOptions, 'leasing' | 'leaseSeconds'>
  #socket: SyncSocket<string, unknown> | undefined
  #port = 0

  constructor(options: Pick<SyncSocketOptions, 'leasing' | 'leaseSeconds'> = {}) {
    this.#options = options
  }

  get port(): number {
    return this.#port
  }

  get socket(): SyncSocket<string, unknown> {
    if (!this.#socket) throw new Error('The node is not started.')
    return this.#socket
  }

  /** A new node, which knows nothing, at a port that is free, and at the same the next time. */
  async start(): Promise<void> {
    const socket = new SyncSocket<string, unknown>({
      transports: [websocket()],
      listen: { host: '127.0.0.1', port: this.#port },
      keyEncoding: 'utf8',
      valueEncoding: 'json',
      ...this.#options,
    })
    await socket.listen()
    this.#socket = socket
    this.#port = socket.addresses[0]?.port ?? 0
  }

  async stop(): Promise<void> {
    await this.#socket?.close()
    this.#socket = undefined
  }

  /** Resolves when the dictionary is as somebody waits for it to be; looks at each change. */
  until(isSo: (socket: SyncSocket<string, unknown>) => boolean): Promise<void> {
    const { socket } = this
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo(socket)) return
        socket.off('change', look)
        resolve()
      }
      socket.on('change', look)
      look()
    })
  }
}
