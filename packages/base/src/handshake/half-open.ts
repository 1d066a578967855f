import type { Limits } from '@ts2p/protocol'
import type { Connection } from '../links/connection.ts'
import { hostKey } from '../dialing/network-scope.ts'

/** How long a half-open link is safe from being cut for a new one, milliseconds. */
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
 * Links whose handshake is not done, counted from the moment the platform accepts them, before any encryption.
 * Their number is limited in total and per host. At a limit, the oldest link whose peer has sent nothing is cut for a new one
 * once it is 1 s old, so that silent peers cannot keep others out.
 */
export class HalfOpen {
  readonly #options: HalfOpenOptions
  readonly #dialed = new Set<Connection>()
  /** In the order in which they came, as in all collections here; with the host for which each counts. */
  readonly #accepted = new Map<Connection, string | undefined>()
  /** Links without a place. Each gets the refusal 'full' once it is open. */
  readonly #turnedAway = new Set<Connection>()

  constructor(options: HalfOpenOptions) {
    this.#options = options
  }

  addDialed(connection: Connection): void {
    this.#dialed.add(connection)
  }

  /**
   * Gives an accepted link a place if there is one. Otherwise the link is turned away: it stays until it is open and gets a refusal.
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
