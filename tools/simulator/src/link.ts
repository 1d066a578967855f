import { UnreachableError } from '@ts2p/base'
import type { Link, LinkHandler } from '@ts2p/base'
import type { Faults } from './faults.ts'
import type { Host, Simulation } from './simulation.ts'

/** Bytes under way that count as having left the sender, as a kernel's buffers would take them. */
const windowBytes = 65_536

/** The share by which a steady link may be slower than it is at best. */
const jitter = 0.1

/** What a link needs of the network that it is part of. */
export interface Wires {
  readonly simulation: Simulation
  readonly faults: Faults
  /** Bytes written in all. */
  bytes: number
  /** Writes in all. */
  writes: number
  isSilent(host: Host): boolean
  canReach(from: Host, to: Host): boolean
  /** How fast one direction between two hosts is, bytes per second. */
  bandwidth(from: Host, to: Host): number
  /** Called when a link has ended. */
  forget(link: SimulatedLink): void
}

/** One end of a simulated link. */
export class SimulatedLink implements Link {
  readonly host: Host
  readonly remoteHost: string
  readonly #network: Wires
  #handler: LinkHandler | undefined
  #other: SimulatedLink | undefined
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #lastArrival = 0
  /** When the last byte that was written has left this end. */
  #sentAt = 0
  /** Of a steady link. */
  #ownDelayMs: number | undefined
  #underWayBytes = 0
  #isPaused = false
  #isStalled = false
  #isEnding = false
  #waiting: { chunk: Uint8Array; taken: () => void }[] = []

  constructor(network: Wires, host: Host, remoteHost: string) {
    this.#network = network
    this.host = host
    this.remoteHost = remoteHost
  }

  get isEnded(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  get bufferedBytes(): number {
    return Math.max(0, this.#underWayBytes - windowBytes)
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler
  }

  /** Ties the two ends together, and opens them. */
  pair(other: SimulatedLink): void {
    this.#other = other
    other.#other = this
    for (const end of [this, other]) {
      this.#later(end, () => {
        if (end.#state !== 'opening') return
        end.#state = 'open'
        end.#handler?.onOpen()
      })
    }
  }

  fail(host: string, port: number, reason: string): void {
    this.#end(new UnreachableError({ host, port, reason }))
  }

  write(chunks: readonly Uint8Array[]): void {
    const other = this.#other
    if (this.#state !== 'open' || !other) return
    const chunk = joined(chunks)
    const { segmentBytes = Number.POSITIVE_INFINITY } = this.#network.faults
    if (chunk.length > segmentBytes) {
      this.write([chunk.subarray(0, segmentBytes)])
      return this.write([chunk.subarray(segmentBytes)])
    }
    this.#network.bytes += chunk.length
    this.#network.writes += 1
    this.#underWayBytes += chunk.length
    const { faults, simulation } = this.#network
    const isLost =
      simulation.random.chance(faults.loss) ||
      this.#network.isSilent(this.host) ||
      !this.#network.canReach(this.host, other.host)
    const copies = isLost ? 0 : simulation.random.chance(faults.duplication) ? 2 : 1
    this.#send(chunk.length, other)
    if (copies === 0) this.#at(this.#arrival(), this, () => this.#taken(chunk.length))
    const isWaiting = this.#sentAt > simulation.elapsedMs
    let hasLeft = !isWaiting
    // What has not left when this end is destroyed, or the way is blocked, never does.
    if (isWaiting) {
      this.#at(this.#sentAt, this, () => {
        hasLeft = this.#state !== 'closed' && this.#network.canReach(this.host, other.host)
      })
    }
    for (let copy = 0; copy < copies; copy++) {
      const taken = copy === 0 ? () => this.#taken(chunk.length) : () => undefined
      this.#at(this.#arrival(), other, () => {
        // Each copy is a chunk of its own: the receiver may keep views of it.
        if (hasLeft) other.#receive(copy === 0 ? chunk : chunk.slice(), taken)
        else taken()
      })
    }
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#later(this, () => this.#deliver())
  }

  close(): void {
    if (this.#state === 'closed' || this.#state === 'closing') return
    const other = this.#other
    this.#state = 'closing'
    const at = this.#lastArrival
    if (other && this.#network.canReach(this.host, other.host)) this.#at(at, other, () => other.#endAfterReading())
    this.#at(at, this, () => this.#end(undefined))
  }

  destroy(): void {
    if (this.#state === 'closed') return
    const other = this.#other
    this.#state = 'closing'
    if (other && this.#network.canReach(this.host, other.host)) {
      this.#at(this.#arrival(), other, () => other.#end(new Error('reset')))
    }
    this.#later(this, () => this.#end(undefined))
  }

  /** The host of this end has crashed: the other end hears of it, if there is a way to it. */
  break(): void {
    const other = this.#other
    this.#state = 'closed'
    this.#network.forget(this)
    if (!other || !this.#network.canReach(this.host, other.host)) return
    this.#at(this.#arrival(), other, () => other.#end(new Error('reset by the other side')))
  }

  /** The wire is cut: this end hears of it. */
  cut(): void {
    this.#later(this, () => this.#end(new Error('the network is down')))
  }

  /** The host of this end reads nothing, or does so again. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled
    if (!isStalled) this.#later(this, () => this.#deliver())
  }

  #receive(chunk: Uint8Array, taken: () => void): void {
    if (this.#state !== 'open') return taken()
    this.#waiting.push({ chunk, taken })
    this.#deliver()
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#isStalled && this.#state === 'open') {
      const next = this.#waiting.shift()
      if (!next) {
        if (this.#isEnding) this.#end(undefined)
        return
      }
      next.taken()
      this.#handler?.onData(next.chunk)
    }
  }

  #taken(bytes: number): void {
    const before = this.bufferedBytes
    this.#underWayBytes -= bytes
    if (before > 0 && this.bufferedBytes === 0 && this.#state === 'open')
      this.#later(this, () => this.#handler?.onDrain())
  }

  #delayMs(): number {
    const { faults, simulation } = this.#network
    const [least, most] = faults.latencyMs
    if (!faults.isSteady) return least + simulation.random.float() * (most - least)
    this.#ownDelayMs ??= least + simulation.random.float() * (most - least)
    return this.#ownDelayMs * (1 + simulation.random.float() * jitter)
  }

  /** Bytes leave one after the other, as fast as the line takes them. */
  #send(bytes: number, other: SimulatedLink): void {
    const { elapsedMs } = this.#network.simulation
    const bandwidth = this.#network.bandwidth(this.host, other.host)
    this.#sentAt = Math.max(elapsedMs, this.#sentAt) + (1000 * bytes) / bandwidth
  }

  /** When what is sent now arrives: no sooner than what was sent before it, unless the network reorders. */
  #arrival(): number {
    const { faults, simulation } = this.#network
    const arrival = Math.max(simulation.elapsedMs, this.#sentAt) + this.#delayMs()
    if (simulation.random.chance(faults.reordering)) return arrival
    this.#lastArrival = Math.max(this.#lastArrival, arrival)
    return this.#lastArrival
  }

  /** The other side has closed: what came before that can still be read. */
  #endAfterReading(): void {
    this.#isEnding = true
    if (this.#state === 'open') this.#deliver()
    else this.#end(undefined)
  }

  #end(error: Error | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#network.forget(this)
    if (!this.host.isDown) this.#handler?.onClose(error)
  }

  /** In a turn of its own, as links must. */
  #later(end: SimulatedLink, run: () => void): void {
    this.#network.simulation.schedule(0, run, end.host)
  }

  #at(elapsedMs: number, end: SimulatedLink, run: () => void): void {
    this.#network.simulation.at(elapsedMs, run, end.host)
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let start = 0
  for (const chunk of chunks) {
    whole.set(chunk, start)
    start += chunk.length
  }
  return whole
}
