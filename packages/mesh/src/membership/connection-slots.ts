import { hostKey, hostsIn, networkScope } from '@ts2p/base'
import type { BaseSocket, Connection, Environment, Newcomer } from '@ts2p/base'
import { evictable, expendable, hasPlace, overRepresented } from './places.ts'
import type { PlacedLink } from './places.ts'
import { Seniority } from './seniority.ts'

/** A connection, and what matters for its slot. */
type Slot = PlacedLink & { readonly connection: Connection }

/** The slots for links with nodes that can be dialed, and those for nodes that only dial: who gets one, and who gives one up. */
export class ConnectionSlots {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #isTrustedProxy: (host: string) => boolean
  readonly #seniority = new Seniority()

  constructor(options: { base: BaseSocket; environment: Environment; trustedProxies: readonly string[] | undefined }) {
    this.#base = options.base
    this.#environment = options.environment
    this.#isTrustedProxy = hostsIn(options.trustedProxies)
  }

  /** The links, without those that are being closed. */
  links(): Connection[] {
    return [...this.#base.connections.values()].filter(({ isEstablished }) => isEstablished)
  }

  /** Whether there is a slot for a node that has dialed this one. */
  hasRoomFor(newcomer: Newcomer): boolean {
    const counted = { ...newcomer, host: this.#countedHost(newcomer.host) }
    return hasPlace(counted, this.#slots(), this.#base.limits, this.#environment.monotonicNow())
  }

  /** There is a new link. @returns one that must be closed for it, maybe the new one itself; undefined if there is room */
  linked(latest: Connection): Connection | undefined {
    this.#seniority.linked(latest.id, this.#environment.monotonicNow())
    const { coreLinksMax, leafLinksMax } = this.#base.limits
    const isDialOnly = latest.peer.addresses.length === 0
    const ofItsKind = this.#slots().filter((slot) => slot.isDialOnly === isDialOnly)
    if (ofItsKind.length <= (isDialOnly ? leafLinksMax : coreLinksMax)) return undefined
    const others = ofItsKind.filter(({ connection }) => connection !== latest)
    const candidates = isDialOnly ? this.#crowding(others, latest, 1) : this.#replaceable(others, latest)
    return candidates[Math.floor(this.#environment.random() * candidates.length)]?.connection ?? latest
  }

  unlinked({ id }: Connection, error: Error | undefined): void {
    this.#seniority.unlinked(id, error !== undefined, this.#environment.monotonicNow())
  }

  /** Of the other links with nodes that can be dialed, those of which one may go for the latest. */
  #replaceable(others: readonly Slot[], latest: Connection): readonly Slot[] {
    if (latest.direction === 'dialled') return [expendable(others) ?? []].flat()
    const crowding = this.#crowding(others, latest, this.#base.limits.coreLinksMax / 2)
    return crowding.length > 0 ? crowding : evictable(others, this.#environment.monotonicNow())
  }

  #crowding(others: readonly Slot[], { remoteHost }: Connection, least: number): Slot[] {
    return [overRepresented(others, { newcomer: this.#countedHost(remoteHost), least }) ?? []].flat()
  }

  #slots(): Slot[] {
    return this.links().map((connection) => {
      const { id, direction, peer, remoteHost } = connection
      const isDialOnly = peer.addresses.length === 0
      return { direction, since: this.#seniority.of(id), isDialOnly, host: this.#countedHost(remoteHost), connection }
    })
  }

  /** The host for whose links slots are counted; undefined for this machine and for proxies, behind which many nodes may be. */
  #countedHost(host: string): string | undefined {
    return networkScope(host) === 'loopback' || this.#isTrustedProxy(host) ? undefined : hostKey(host)
  }
}
