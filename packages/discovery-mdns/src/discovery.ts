import type { Environment } from '@ts2p/base'
import { lazyPushOf, serviceList, serviceListName, serviceName } from './packets/announcement.ts'
import { Dialer } from './mdns-dialer.ts'
import type { FoundNode } from './found-nodes.ts'
import { FoundNodes } from './found-nodes.ts'
import { Gate } from './network/gate.ts'
import { hostToDial } from './network/interfaces.ts'
import type { EnterNetwork, LocalNetwork } from './network/local-network.ts'
import type { LocalNode } from './local-node.ts'
import type { DnsPacket } from './packets/packet.ts'
import { questionDelayMs, startDelayMs } from './schedule.ts'
import { sightingsIn } from './sighting.ts'
import type { Sighting } from './sighting.ts'

/** The same thing is said at most so often (RFC 6762, 6), milliseconds. */
const announceMs = 1000
/** How many foreign subnets are remembered, so that each is logged once. */
const foreignMax = 64

/** Finds the nodes of the same subnet on the local network, and is found by them. */
export interface Discovery extends AsyncDisposable {
  /**
   * Resolves when the local network can be used; at the latest with `close`. Nobody has to await it: a failure is logged.
   * @throws {DiscoveryUnavailableError}
   */
  readonly ready: Promise<void>
  /** The nodes found, linked or not: at most 64, as long as they are announced. */
  readonly found: readonly FoundNode[]
  /** Tells the others that the node is not to be found anymore, and ends. The node stays linked. Called by itself when the node closes. */
  close(): Promise<void>
}

/** Asks and answers on a local network on behalf of a node. */
export class LocalDiscovery implements Discovery {
  readonly ready: Promise<void>
  readonly #node: LocalNode
  readonly #environment: Environment
  readonly #network: LocalNetwork
  readonly #found = new FoundNodes()
  readonly #dialer: Dialer
  readonly #linksWanted: number
  readonly #foreign = new Set<string>()
  #onReady = (): void => undefined
  readonly #onNodeClosed = (): void => void this.close()
  #cancelQuestion = (): void => undefined
  #cancelAnnouncement: (() => void) | undefined
  /** Questions heard count too, while the node needs no link. */
  #asked = 0
  #announcedAt = -Infinity
  #closing: Promise<void> | undefined

  constructor(
    node: LocalNode,
    options: { readonly environment: Environment; readonly enter: EnterNetwork; readonly linksWanted: number },
  ) {
    const { environment, enter, linksWanted } = options
    this.#node = node
    this.#environment = environment
    this.#linksWanted = linksWanted
    const gate = new Gate()
    let fail: (error: Error) => void = () => undefined
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve
      fail = reject
    })
    // Whoever awaits it hears of a failure; it is logged as well.
    this.ready.catch(() => undefined)
    this.#network = enter({
      accepts: (arrival) => gate.accepts(arrival, environment.monotonicNow()),
      onPacket: (packet, source) => this.#onPacket(packet, source),
      onReady: () => this.#onReady(),
      onUnavailable: (error) => {
        environment.log('warn', error.message)
        fail(error)
      },
      onProblem: (error) => environment.log('debug', 'discovery: something of multicast DNS failed', { error }),
    })
    this.#dialer = new Dialer({ node, environment, found: this.#found, linksWanted })
    node.on('close', this.#onNodeClosed)
    this.#scheduleQuestion()
  }

  get found(): readonly FoundNode[] {
    this.#found.expire(this.#environment.monotonicNow())
    return this.#found.all
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #end(): Promise<void> {
    this.#node.off('close', this.#onNodeClosed)
    this.#cancelQuestion()
    this.#cancelAnnouncement?.()
    this.#dialer.close()
    this.#onReady()
    return this.#network.close(lazyPushOf(this.#node, this.#network.interfaces(), 0))
  }

  #scheduleQuestion(): void {
    const delayMs = questionDelayMs(this.#asked, this.#isAlone, this.#environment.random())
    this.#cancelQuestion = this.#environment.setTimer(delayMs, () => {
      this.#asked += 1
      this.#network.send({ type: 'query', names: [serviceName] })
      // Whoever asks is heard of as well; the first question is soon followed by another, as RFC 6762, 8.3 has it.
      this.#announceSoon()
      this.#dialer.wake()
      this.#scheduleQuestion()
    })
  }

  /** Announces once, a moment later, however many ask for it. */
  #announceSoon(): void {
    if (this.#cancelAnnouncement || this.#closing) return
    const now = this.#environment.monotonicNow()
    const earliestMs = Math.max(0, this.#announcedAt + announceMs - now)
    this.#cancelAnnouncement = this.#environment.setTimer(earliestMs + startDelayMs(this.#environment.random()), () => {
      this.#cancelAnnouncement = undefined
      this.#announcedAt = this.#environment.monotonicNow()
      const packets = lazyPushOf(this.#node, this.#network.interfaces())
      for (const packet of packets) this.#network.send(packet)
      if (packets.length > 0) this.#network.send(serviceList)
    })
  }

  #onPacket(packet: DnsPacket, source: string): void {
    if (this.#closing) return
    if (packet.type === 'query') {
      this.#onQuestion(packet.names.map((name) => name.toLowerCase()))
      return
    }
    for (const sighting of sightingsIn(packet.records)) this.#onSighting(sighting, source)
  }

  #onQuestion(names: readonly string[]): void {
    if (names.some((name) => this.#isOurs(name))) this.#announceSoon()
    if (this.#isAlone || !names.includes(serviceName)) return
    // Somebody has asked what this node would have asked (RFC 6762, 7.3): the answers are for all.
    this.#asked += 1
    this.#cancelQuestion()
    this.#scheduleQuestion()
  }

  /** Whether the node wants more links. */
  get #isAlone(): boolean {
    return (this.#node.routingTable?.size ?? 0) < this.#linksWanted
  }

  /** Whether a question for this name is for this node: the service, the list of all services, or one of its instances. */
  #isOurs(name: string): boolean {
    return name === serviceName || name === serviceListName || name.startsWith(`${this.#node.id.toLowerCase()}-`)
  }

  #onSighting(sighting: Sighting, source: string): void {
    const { id, subnetId } = sighting
    if (id === this.#node.id) return
    if (subnetId !== this.#node.subnet.id) {
      this.#onForeign(subnetId, source)
      return
    }
    const host = hostToDial({ source, hosts: sighting.hosts }, this.#network.interfaces())
    const chance = { now: this.#environment.monotonicNow(), random: this.#environment.random() }
    const outcome = host === undefined ? 'unreachable' : this.#found.see(sighting, { host, source }, chance)
    if (outcome !== 'known')
      this.#environment.log('debug', `discovery: a node of this subnet is ${outcome}`, { id, source })
    if (outcome === 'new') this.#dialer.wake()
  }

  #onForeign(subnetId: string, source: string): void {
    if (this.#foreign.has(subnetId) || this.#foreign.size >= foreignMax) return
    this.#foreign.add(subnetId)
    this.#environment.log('debug', 'discovery: there is another subnet on the local network', { subnetId, source })
  }
}
