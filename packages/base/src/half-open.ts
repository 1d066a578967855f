import type { Limits } from '@ts2p/protocol'
import type { Connection } from './connection.ts'
import { hostKey } from './network-scope.ts'

/** How long a stranger keeps its place when others wait for one, milliseconds. */
const graceMs = 1000

/** What is known of links whose handshake is not done. */
export interface HalfOpenOptions {
  readonly limits: Limits
  /** Links of such a host come from many machines, and are not counted per host. */
  isTrustedProxy(host: string): boolean
  /** Whether the other side has said hello. */
  hasSpoken(connection: Connection): boolean
}

/**
 * Links whose handshake is not done, counted from the moment at which the platform accepts them, before any encryption.
 * Accepted ones are few in all and few per host, so that a stranger who opens many and says nothing keeps nobody out: the
 * oldest that has said nothing is cut for a new one once it has had its second.
 */
export class HalfOpen {
  readonly #options: HalfOpenOptions
  readonly #dialed = new Set<Connection>()
  /** In the order in which they came, as in all collections here; with the host for which each counts. */
  readonly #accepted = new Map<Connection, string | undefined>()
  /** Links without a place, which are told so as soon as they are open. */
  readonly #turnedAway = new Set<Connection>()

  constructor(options: HalfOpenOptions) {
    this.#options = options
  }

  addDialed(connection: Connection): void {
    this.#dialed.add(connection)
  }

  /**
   * Gives an accepted link a place, if there is one; else it is turned away, and may stay until it is open, to be told so.
   * @returns a link that must be cut for it
   */
  addAccepted(connection: Connection, now: number): Connection | undefined {
    const host = this.#countedHost(connection.remoteHost)
    const crowd = this.#crowdFor(host)
    const oldest = crowd.find((each) => !this.#options.hasSpoken(each)) ?? crowd[0]
    if (oldest && now - oldest.openedAt < graceMs) return this.#turnAway(connection)
    if (oldest) this.#accepted.delete(oldest)
    this.#accepted.set(connection, host)
    return oldest
  }

  isTurnedAway(connection: Connection): boolean {
    return this.#turnedAway.has(connection)
  }

  delete(connection: Connection): void {
    for (const links of [this.#dialed, this.#accepted, this.#turnedAway]) links.delete(connection)
  }

  /** Links that have had their time for the handshake. */
  overdue(now: number): Connection[] {
    const all = [...this.#dialed, ...this.#accepted.keys(), ...this.#turnedAway]
    return all.filter(({ openedAt }) => now - openedAt >= this.#options.limits.handshakeMs)
  }

  #turnAway(connection: Connection): Connection | undefined {
    this.#turnedAway.add(connection)
    const [oldest] = this.#turnedAway
    if (this.#turnedAway.size <= this.#options.limits.halfOpenMax || !oldest) return undefined
    this.#turnedAway.delete(oldest)
    return oldest
  }

  /** The links that leave no room for another one of a host; none if there is room. */
  #crowdFor(host: string | undefined): Connection[] {
    const { halfOpenMax, halfOpenPerHostMax } = this.#options.limits
    const all = [...this.#accepted]
    const ofHost = host === undefined ? [] : all.filter(([, other]) => other === host)
    const crowd = ofHost.length >= halfOpenPerHostMax ? ofHost : all.length >= halfOpenMax ? all : []
    return crowd.map(([connection]) => connection)
  }

  #countedHost(host: string): string | undefined {
    return this.#options.isTrustedProxy(host) ? undefined : hostKey(host)
  }
}
