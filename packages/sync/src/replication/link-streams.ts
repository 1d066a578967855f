import type { Connection } from '@ts2p/base'
import type { NeighborMessageKind } from '@ts2p/protocol'

/** A message to a neighbor. */
export interface Outgoing {
  readonly kind: NeighborMessageKind
  readonly payload: Uint8Array
}

/** What waits for links to take it: messages that are made when there is room for them. */
export class LinkStreams {
  readonly #send: (connection: Connection, message: Outgoing) => void
  readonly #onDrained: () => void
  readonly #waiting = new Map<Connection, Iterator<Outgoing, void, undefined>[]>()

  /** @param options.onDrained hears, maybe more than once, that nothing waits any more */
  constructor(options: { send: (connection: Connection, message: Outgoing) => void; onDrained: () => void }) {
    this.#send = options.send
    this.#onDrained = options.onDrained
  }

  get isDrained(): boolean {
    return this.#waiting.size === 0
  }

  /** Whether something waits for a link. */
  isWaiting(connection: Connection): boolean {
    return this.#waiting.has(connection)
  }

  /** Sends messages after those that wait, as many as the link takes now. */
  append(connection: Connection, messages: Iterator<Outgoing, void, undefined>): void {
    const waiting = this.#waiting.get(connection)
    if (waiting) waiting.push(messages)
    else this.#waiting.set(connection, [messages])
    this.resume(connection)
  }

  /** The link takes data again. */
  resume(connection: Connection): void {
    const waiting = this.#waiting.get(connection) ?? []
    for (let first = waiting[0]; first && !connection.isCongested; first = waiting[0]) {
      const next = first.next()
      if (next.done) waiting.shift()
      else this.#send(connection, next.value)
    }
    if (waiting.length === 0) this.#waiting.delete(connection)
    if (this.isDrained) this.#onDrained()
  }

  /** The link is lost. */
  delete(connection: Connection): void {
    this.#waiting.delete(connection)
    if (this.isDrained) this.#onDrained()
  }
}
