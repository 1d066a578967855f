import type { Connection } from './connection.ts'

/** The connections of a socket that have not ended, in whatever state. */
export class OpenConnections implements Iterable<Connection> {
  readonly #closingMax: number
  readonly #all = new Set<Connection>()
  /** Those that are closing, in the order in which they began to. */
  readonly #closing = new Set<Connection>()
  #onEmpty: (() => void) | undefined

  /** @param closingMax how many may be closing at a time, since peers may never close their side */
  constructor(closingMax: number) {
    this.#closingMax = closingMax
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  add(connection: Connection): void {
    this.#all.add(connection)
  }

  /** Records that a connection is closing. Beyond `closingMax`, the connection that began first is cut. */
  closing(connection: Connection): void {
    this.#closing.add(connection)
    const [oldest] = this.#closing
    if (this.#closing.size > this.#closingMax) oldest?.destroy()
  }

  delete(connection: Connection): void {
    this.#all.delete(connection)
    this.#closing.delete(connection)
    if (this.#all.size === 0) this.#onEmpty?.()
  }

  /** Resolves once there is none. */
  empty(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve()
    return new Promise((resolve) => (this.#onEmpty = resolve))
  }
}
