import type { Limits } from '@ts2p/protocol'
import type { Connection } from './connection.ts'

/** How long a stranger keeps its place when others wait for one, milliseconds. */
const graceMs = 1000

/** What becomes of a link that was accepted. */
export interface Arrival {
  /** false: there is no room for it. It may stay until it is open, to be told so. */
  readonly hasPlace: boolean
  /** A link that must be cut for it. */
  readonly cut: Connection | undefined
}

/**
 * Links whose handshake is not done, counted from the moment at which the platform accepts them, before any encryption.
 * Accepted ones are few in all and few per host, so that a stranger who opens many and says nothing keeps nobody out: the
 * oldest is cut for a new one once it has had its second.
 */
export class HalfOpen {
  readonly #limits: Limits
  readonly #trustedProxies: ReadonlySet<string>
  readonly #dialed = new Set<Connection>()
  /** In the order in which they came, as in all sets here. */
  readonly #accepted = new Set<Connection>()
  /** Links without a place, which are told so as soon as they are open. */
  readonly #turnedAway = new Set<Connection>()

  /** @param trustedProxies hosts whose links come from many machines, and are not counted per host */
  constructor(limits: Limits, trustedProxies: readonly string[] = []) {
    this.#limits = limits
    this.#trustedProxies = new Set(trustedProxies)
  }

  addDialed(connection: Connection): void {
    this.#dialed.add(connection)
  }

  /** Gives an accepted link a place, if there is one. */
  addAccepted(connection: Connection, now: number): Arrival {
    const oldest = this.#oldestOfTheCrowd(connection.remoteHost)
    if (oldest && now - oldest.openedAt < graceMs) return this.#turnAway(connection)
    if (oldest) this.#accepted.delete(oldest)
    this.#accepted.add(connection)
    return { hasPlace: true, cut: oldest }
  }

  isTurnedAway(connection: Connection): boolean {
    return this.#turnedAway.has(connection)
  }

  delete(connection: Connection): void {
    for (const links of this.#all()) links.delete(connection)
  }

  /** Links that have had their time for the handshake. */
  overdue(now: number): Connection[] {
    return this.#all().flatMap((links) =>
      [...links].filter(({ openedAt }) => now - openedAt >= this.#limits.handshakeMs),
    )
  }

  #turnAway(connection: Connection): Arrival {
    this.#turnedAway.add(connection)
    const [oldest] = this.#turnedAway
    if (this.#turnedAway.size <= this.#limits.halfOpenMax || !oldest) return { hasPlace: false, cut: undefined }
    this.#turnedAway.delete(oldest)
    return { hasPlace: false, cut: oldest }
  }

  /** The oldest link of those that leave no room for another one of this host; undefined if there is room. */
  #oldestOfTheCrowd(host: string): Connection | undefined {
    const { halfOpenMax, halfOpenPerHostMax } = this.#limits
    const ofHost = this.#trustedProxies.has(host)
      ? []
      : [...this.#accepted].filter(({ remoteHost }) => remoteHost === host)
    if (ofHost.length >= halfOpenPerHostMax) return ofHost[0]
    return this.#accepted.size >= halfOpenMax ? [...this.#accepted][0] : undefined
  }

  #all(): Set<Connection>[] {
    return [this.#dialed, this.#accepted, this.#turnedAway]
  }
}
