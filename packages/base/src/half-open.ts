import type { Limits } from '@ts2p/protocol'
import type { Connection } from './connection.ts'

/** How long a stranger may keep its place when others wait for one, milliseconds. */
const graceMs = 1000

/**
 * Links whose handshake is not done. Accepted ones are few in all and few per host, so that a stranger who opens many
 * and says nothing keeps nobody out: the oldest gives way once it has had its second.
 */
export class HalfOpen {
  readonly #limits: Limits
  readonly #connections = new Set<Connection>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  add(connection: Connection): void {
    this.#connections.add(connection)
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection)
  }

  /** The accepted link that must give way to a new one that was added; 'none' if there is room, 'refuse' if none may be sent off yet. */
  givesWay(newcomer: Connection, now: number): Connection | 'none' | 'refuse' {
    // Only those before it: when many come in one turn, the first of them have places and the others have none.
    const all = [...this.#connections]
    const accepted = all.slice(0, all.indexOf(newcomer)).filter(({ direction }) => direction === 'accepted')
    const ofHost = accepted.filter(({ remoteHost }) => remoteHost === newcomer.remoteHost)
    const crowd =
      ofHost.length >= this.#limits.halfOpenPerHostMax
        ? ofHost
        : accepted.length >= this.#limits.halfOpenMax
          ? accepted
          : []
    // A Set keeps the order of insertion: the first is the oldest.
    const oldest = crowd[0]
    if (!oldest) return 'none'
    return now - oldest.openedAt >= graceMs ? oldest : 'refuse'
  }

  /** Links that have had their time for the handshake. */
  overdue(now: number): Connection[] {
    return [...this.#connections].filter(({ openedAt }) => now - openedAt >= this.#limits.handshakeMs)
  }
}
