import { hostKey, hostsIn, networkScope } from '@ts2p/base'
import type { BaseSocket, Connection, Environment, InboundPeer } from '@ts2p/base'
import { ConnectionAges } from './connection-age.ts'
import type { PeerTable } from './peer-table.ts'
import { evictable, evictableForDial, hasSlot, evictableByHost } from './slot-policy.ts'
import type { Slot } from './slot-policy.ts'

/** A slot, and the connection that has it. */
type TakenSlot = Slot & { readonly connection: Connection }

/** The slots for connections with nodes that can be dialed, and those for nodes that only dial: which node gets one, and which is evicted. */
export class ConnectionSlots {
  readonly #base: BaseSocket
  readonly #environment: Environment
  readonly #isTrustedProxy: (host: string) => boolean
  readonly #ages: ConnectionAges

  constructor(options: {
    base: BaseSocket
    environment: Environment
    table: PeerTable
    trustedProxies: readonly string[] | undefined
  }) {
    this.#base = options.base
    this.#environment = options.environment
    this.#isTrustedProxy = hostsIn(options.trustedProxies)
    this.#ages = new ConnectionAges(options.table)
  }

  /** The connections, without those that are being closed. */
  connections(): Connection[] {
    return [...this.#base.connections.values()].filter(({ isEstablished }) => isEstablished)
  }

  /** Whether there is a slot for a node that has dialed this one. */
  hasSlotFor(inbound: InboundPeer): boolean {
    const counted = { ...inbound, host: this.#countedHost(inbound.host) }
    return hasSlot(counted, this.#slots(), this.#base.limits, this.#environment.monotonicNow())
  }

  /** There is a new connection. @returns one to evict for it, maybe the new one itself; undefined if there is room */
  onLink(latest: Connection): Connection | undefined {
    this.#ages.onLink(latest.id, this.#environment.monotonicNow())
    const { coreLinksMax, leafLinksMax } = this.#base.limits
    const isDialOnly = latest.peer.addresses.length === 0
    const ofItsKind = this.#slots().filter((slot) => slot.isDialOnly === isDialOnly)
    if (ofItsKind.length <= (isDialOnly ? leafLinksMax : coreLinksMax)) return undefined
    const others = ofItsKind.filter(({ connection }) => connection !== latest)
    const candidates = isDialOnly ? this.#crowding(others, latest, 1) : this.#replaceable(others, latest)
    return candidates[Math.floor(this.#environment.random() * candidates.length)]?.connection ?? latest
  }

  onUnlink({ id }: Connection, error: Error | undefined): void {
    this.#ages.onUnlink(id, error !== undefined, this.#environment.monotonicNow())
  }

  /** Of the other connections with nodes that can be dialed, those of which one may be evicted for the latest. */
  #replaceable(others: readonly TakenSlot[], latest: Connection): readonly TakenSlot[] {
    if (latest.direction === 'dialed') return [evictableForDial(others) ?? []].flat()
    const crowding = this.#crowding(others, latest, this.#base.limits.coreLinksMax / 2)
    return crowding.length > 0 ? crowding : evictable(others, this.#environment.monotonicNow())
  }

  #crowding(others: readonly TakenSlot[], { remoteHost }: Connection, least: number): TakenSlot[] {
    return [evictableByHost(others, { inbound: this.#countedHost(remoteHost), least }) ?? []].flat()
  }

  #slots(): TakenSlot[] {
    return this.connections().map((connection) => {
      const { id, direction, peer, remoteHost } = connection
      const isDialOnly = peer.addresses.length === 0
      return { direction, since: this.#ages.since(id), isDialOnly, host: this.#countedHost(remoteHost), connection }
    })
  }

  /** The host for whose connections slots are counted; undefined for this machine and for proxies, behind which many nodes may be. */
  #countedHost(host: string): string | undefined {
    return networkScope(host) === 'loopback' || this.#isTrustedProxy(host) ? undefined : hostKey(host)
  }
}
