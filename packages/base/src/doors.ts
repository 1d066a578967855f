import type { Address } from '@ts2p/protocol'
import { ArgumentError } from './errors.ts'
import type { Link, Listener, Transport } from './transport.ts'

/** Where to listen. */
export interface ListenOptions {
  /** Name of one of the transports; default the first. */
  readonly transport?: string
  /** Default '127.0.0.1'; '0.0.0.0' for every interface. */
  readonly host?: string
  /** 0 (default) for any free port. */
  readonly port?: number
}

/** The transports of a socket, and its open doors on them. */
export class Doors {
  readonly #transports: readonly Transport[]
  readonly #onLink: (link: Link) => void
  #open: { transport: string; listener: Listener }[] = []

  constructor(transports: readonly Transport[], onLink: (link: Link) => void) {
    this.#transports = transports
    this.#onLink = onLink
  }

  /** The addresses listened on. */
  get addresses(): Address[] {
    return this.#open.map(({ transport, listener }) => ({ transport, host: listener.host, port: listener.port }))
  }

  /** Opens the doors, all or none. @throws {AddressInUseError} @throws {ListenError} @throws {ArgumentError} */
  async open(wanted: readonly ListenOptions[]): Promise<void> {
    try {
      for (const { transport: name, host = '127.0.0.1', port = 0 } of wanted) {
        const transport = this.transport(name)
        if (!transport.listen)
          throw new ArgumentError('listen', 'a transport that can listen on this platform', transport.name)
        const listener = await transport.listen(host, port, this.#onLink)
        this.#open.push({ transport: transport.name, listener })
      }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map(({ listener }) => listener.close()))
  }

  /** The transport of a name, or the first. @throws {ArgumentError} There is none of that name. */
  transport(name: string | undefined): Transport {
    const transport = name === undefined ? this.#transports[0] : this.#transports.find((each) => each.name === name)
    if (transport) return transport
    throw new ArgumentError('transport', `one of ${this.#transports.map((each) => each.name).join(', ')}`, name)
  }
}
