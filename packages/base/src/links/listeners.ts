import type { Address, Subnet } from '@ts2p/protocol'
import { ArgumentError, ClosedError } from '../errors.ts'
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

/** The names of the options of a listener. */
export const listenOptionNames: readonly string[] = Object.keys({
  transport: true,
  host: true,
  port: true,
} satisfies Record<keyof ListenOptions, true>)

/** The transports of a socket, and its open listeners on them. */
export class Listeners {
  readonly #transports: readonly Transport[]
  readonly #onLink: (link: Link) => void
  #listeners: { transport: string; listener: Listener }[] = []
  #isClosed = false

  /** @throws {ArgumentError} There is no transport, or one whose security is not the subnet's, or not that of the first. */
  constructor(
    options: { transports: readonly Transport[]; subnet: Subnet | (() => Subnet) },
    onLink: (link: Link) => void,
  ) {
    const { transports, subnet } = options
    const first = defaultTransport(transports)
    const { security: wanted } = typeof subnet === 'function' ? first : subnet
    for (const { name, security } of transports) {
      if (security === wanted) continue
      throw new ArgumentError('transports', `of the subnet's security, ${wanted}`, `${name} (${security})`)
    }
    this.#transports = transports
    this.#onLink = onLink
  }

  /** The addresses listened on. */
  get addresses(): Address[] {
    return this.#listeners.map(({ transport, listener }) => ({ transport, host: listener.host, port: listener.port }))
  }

  /**
   * Opens the listeners, all or none.
   * @throws {AddressInUseError} @throws {ListenError} @throws {ArgumentError}
   * @throws {ClosedError} They were closed meanwhile.
   */
  async open(wanted: readonly ListenOptions[]): Promise<void> {
    try {
      for (const { transport: name, host = '127.0.0.1', port = 0 } of wanted) {
        const transport = this.transport(name)
        if (!transport.listen)
          throw new ArgumentError('listen', 'a transport that can listen on this platform', transport.name)
        const listener = await transport.listen(host, port, this.#onLink)
        this.#listeners.push({ transport: transport.name, listener })
        if (this.#isClosed) throw new ClosedError('listen')
      }
    } catch (error) {
      await this.#shut()
      throw error
    }
  }

  /** Shuts them for good: one that is about to open is shut again. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#shut()
  }

  /** The transport of a name, or the first. @throws {ArgumentError} There is none of that name. */
  transport(name: string | undefined): Transport {
    const transport = name === undefined ? this.#transports[0] : this.#transports.find((each) => each.name === name)
    if (transport) return transport
    throw new ArgumentError('transport', `one of ${this.#transports.map((each) => each.name).join(', ')}`, name)
  }

  async #shut(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map(({ listener }) => listener.close()))
  }
}

/** The first of a socket's transports. @throws {ArgumentError} There is none, or one is something else. */
export function defaultTransport(transports: readonly Transport[]): Transport {
  const isTransport = (each: unknown): boolean => typeof (each as Partial<Transport> | undefined)?.dial === 'function'
  const [first] = Array.isArray(transports) && transports.every(isTransport) ? transports : []
  if (first) return first
  throw new ArgumentError('transports', 'a list of at least one transport, such as [tcp()]', transports)
}
