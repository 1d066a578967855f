import { AddressInUseError } from '@ts2p/base'
import type { Link, Listener, Transport } from '@ts2p/base'
import type { Security } from '@ts2p/protocol'
import { noFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { SimulatedLink } from './link.ts'
import type { Wires } from './link.ts'
import type { Host, Simulation } from './simulation.ts'

/** Dial attempts that nobody answers fail after this long, milliseconds; until then TCP tries again after 1 s and 3 s (RFC 6298, 2.1 and 5.5). */
const [dialTimeoutMs, dialRetriesMs] = [5000, [1000, 3000]] as const

/** The wires between simulated hosts. Frames stay whole, but what they carry may be lost, repeated and reordered. */
export class SimulatedNetwork implements Wires {
  readonly simulation: Simulation
  faults: Faults
  /** Bytes written in all. */
  bytes = 0
  /** Writes in all. */
  writes = 0
  readonly #listeners = new Map<string, { host: Host; onLink: (link: Link) => void }>()
  readonly #links = new Set<SimulatedLink>()
  readonly #silent = new Set<Host>()
  /** By the names of two hosts, in the direction in which the bytes travel. */
  readonly #bandwidths = new Map<string, number>()
  readonly #blocked = new Set<string>()
  #groups: ReadonlyMap<string, number> | undefined
  #nextPort = 1024

  constructor(simulation: Simulation, faults: Partial<Faults> = {}) {
    this.simulation = simulation
    this.faults = { ...noFaults, ...faults }
  }

  /** The transport of a host; its addresses are the host's name and a port. */
  transport(host: Host, options: { name?: string; security?: Security } = {}): Transport {
    return {
      name: options.name ?? 'sim',
      security: options.security ?? 'plaintext',
      listen: (_, port, onLink) => this.#listen(host, port, onLink),
      dial: (to, port) => this.#dial(host, to, port),
    }
  }

  /** Cuts every connection between hosts of different groups, without a word, until `heal`. Hosts in no group reach all. */
  partition(groups: readonly (readonly Host[])[]): void {
    this.#groups = new Map(groups.flatMap((hosts, index) => hosts.map(({ name }) => [name, index] as const)))
  }

  heal(): void {
    this.#groups = undefined
  }

  /** Drops what one host sends to another, without a word, until `unblock`; the other direction works on. */
  block(from: Host, to: Host): void {
    this.#blocked.add(directionOf(from, to))
  }

  unblock(from: Host, to: Host): void {
    this.#blocked.delete(directionOf(from, to))
  }

  /** How fast one direction between two hosts is, bytes per second; in place of `faults.bytesPerSecond`. */
  limitBandwidth(from: Host, to: Host, bytesPerSecond: number): void {
    this.#bandwidths.set(directionOf(from, to), bytesPerSecond)
  }

  /** Bytes per second from one host to another; Infinity without limit. */
  bandwidth(from: Host, to: Host): number {
    return this.#bandwidths.get(directionOf(from, to)) ?? this.faults.bytesPerSecond ?? Number.POSITIVE_INFINITY
  }

  /** Ends the host as kill -9 does: its links break, and the other ends hear of it. */
  crash(host: Host): void {
    this.simulation.crash(host)
    for (const [address, listener] of this.#listeners) if (listener.host === host) this.#listeners.delete(address)
    for (const link of this.#links) if (link.host === host) link.break()
  }

  /** Breaks every link of the host at once, at both ends, as when it changes networks. It may dial again. */
  cut(host: Host): void {
    for (const link of this.#links) if (link.host === host || link.remoteHost === host.name) link.cut()
  }

  /** The host reads nothing for a while, as when its process is stopped, though its links stay. */
  stall(host: Host, isStalled: boolean): void {
    for (const link of this.#links) if (link.host === host) link.stall(isStalled)
  }

  /** The host hears everything and says nothing, though its links stay: no sign of life, nothing passed on. Or it speaks again. */
  silence(host: Host, isSilent: boolean): void {
    if (isSilent) this.#silent.add(host)
    else this.#silent.delete(host)
  }

  isSilent(host: Host): boolean {
    return this.#silent.has(host)
  }

  canReach(from: Host, to: Host): boolean {
    const groupFrom = this.#groups?.get(from.name)
    const groupTo = this.#groups?.get(to.name)
    if (to.isDown || this.#blocked.has(directionOf(from, to))) return false
    return groupFrom === undefined || groupTo === undefined || groupFrom === groupTo
  }

  forget(link: SimulatedLink): void {
    this.#links.delete(link)
  }

  async #listen(host: Host, wanted: number, onLink: (link: Link) => void): Promise<Listener> {
    const port = wanted === 0 ? this.#nextPort++ : wanted
    const address = `${host.name}:${port}`
    if (this.#listeners.has(address)) throw new AddressInUseError({ host: host.name, port })
    this.#listeners.set(address, { host, onLink })
    return { host: host.name, port, close: async () => void this.#listeners.delete(address) }
  }

  #dial(from: Host, to: string, port: number): Link {
    const link = new SimulatedLink(this, from, to)
    this.#links.add(link)
    const [least, most] = this.faults.latencyMs
    const latencyMs = least + this.simulation.random.float() * (most - least)
    let isAnswered = false
    const attempt = (): void => {
      if (link.isEnded || isAnswered) return
      const listener = this.#listeners.get(`${to}:${port}`)
      if (!listener || listener.host.isDown) return link.fail(to, port, 'the connection was refused')
      if (!this.canReach(from, listener.host) || !this.canReach(listener.host, from)) return
      if (this.simulation.isAsleep(listener.host)) return
      isAnswered = true
      const accepted = new SimulatedLink(this, listener.host, from.name)
      this.#links.add(accepted)
      link.pair(accepted)
      listener.onLink(accepted)
    }
    const giveUp = (): void => {
      if (!isAnswered) link.fail(to, port, 'nobody answered in time')
    }
    for (const atMs of [0, ...dialRetriesMs]) this.simulation.schedule(atMs + latencyMs, attempt, from)
    this.simulation.schedule(dialTimeoutMs + latencyMs, giveUp, from)
    return link
  }
}

function directionOf(from: Host, to: Host): string {
  return `${from.name} ${to.name}`
}
