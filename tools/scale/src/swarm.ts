import { MeshSocket } from '@ts2p/mesh'
import type { MeshMetrics } from '@ts2p/mesh'
import type { Limits } from '@ts2p/protocol'
import { quickSignatures, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import type { Faults, Host } from '@ts2p/simulator'

/** The port of every simulated node; its host is its name. */
const port = 4444
/** Nodes that join at about the same time, and how long the others wait, milliseconds. */
const wave = { share: 0.05, ms: 250 } as const
/** How long a node may need to join before it tries again, milliseconds. */
const settleMs = 20_000

/** A node of a swarm. */
export interface SwarmNode {
  readonly index: number
  readonly host: Host
  readonly socket: MeshSocket
  readonly isDialOnly: boolean
}

export interface SwarmOptions {
  readonly seed: number
  readonly nodes: number
  /** Delay of a link, milliseconds; each pair of hosts has its own in either direction. Default 10 to 50. */
  readonly latencyMs?: readonly [least: number, most: number]
  readonly faults?: Partial<Faults>
  /** Share of nodes that only dial. Default 0. */
  readonly dialOnly?: number
  readonly limits?: Partial<Limits>
}

/** What a message came to. */
export interface Spread {
  /** Nodes that got it, of those that should have. */
  readonly reached: number
  readonly expected: number
  /** When the last of them got it, and when half of them had it, milliseconds after it was sent. */
  readonly lastMs: number
  readonly medianMs: number
  /** Most links that it crossed. */
  readonly hops: number
}

/** Many mesh sockets on one simulated network, with what is asked of them over and over. */
export class Swarm {
  readonly network: SimulatedNetwork
  readonly simulation: Simulation
  members: SwarmNode[] = []
  readonly #options: SwarmOptions
  #expected:
    | { readonly text: string; readonly missing: Set<number>; readonly arrivals: number[]; hops: number }
    | undefined
  #messages = 0

  constructor(options: SwarmOptions) {
    this.#options = options
    this.simulation = new Simulation({ seed: options.seed })
    this.network = new SimulatedNetwork(this.simulation, {
      ...options.faults,
      latencyMs: options.latencyMs ?? [10, 50],
      isSteady: true,
    })
  }

  /** Starts all nodes; each knows one that was there before it, and joins by that. */
  async assemble(): Promise<this> {
    const { nodes, dialOnly = 0 } = this.#options
    const random = this.simulation.random
    let joining: Promise<unknown>[] = []
    let waveSize = 1
    for (let index = 0; index < nodes; index++) {
      const isDialOnly = index > 10 && random.chance(dialOnly)
      const member = this.#start(index, isDialOnly)
      this.members.push(member)
      await member.socket.listen()
      if (index > 0) joining.push(this.#join(member))
      if (joining.length < waveSize && index < nodes - 1) continue
      await this.pass(wave.ms)
      joining = []
      waveSize = Math.max(1, Math.ceil(this.members.length * wave.share))
    }
    await this.pass(settleMs)
    return this
  }

  /** Lets time pass; and between events, promises settle. */
  async pass(ms: number): Promise<void> {
    const end = this.simulation.elapsedMs + ms
    while (this.simulation.elapsedMs < end) {
      this.simulation.runFor(Math.min(50, end - this.simulation.elapsedMs))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** One node speaks: how its message spreads to these. */
  spread(speaker: SwarmNode, to: readonly SwarmNode[], withinMs = 10_000): Spread {
    const text = `message ${(this.#messages += 1)}`
    const missing = new Set(to.filter((each) => each !== speaker).map(({ index }) => index))
    const expected = { text, missing, arrivals: [] as number[], hops: 0 }
    const size = missing.size
    this.#expected = expected
    const sentAt = this.simulation.elapsedMs
    speaker.socket.send([text])
    this.simulation.runUntil(() => missing.size === 0, withinMs)
    this.#expected = undefined
    const times = expected.arrivals.map((at) => at - sentAt)
    return {
      reached: size - missing.size,
      expected: size,
      lastMs: times.at(-1) ?? 0,
      medianMs: times[Math.floor(times.length / 2)] ?? 0,
      hops: expected.hops,
    }
  }

  /** What all nodes together have counted. */
  totals(members: readonly SwarmNode[] = this.members): MeshMetrics {
    const all = members.map(({ socket }) => socket.metrics())
    const [first] = all
    if (!first) throw new RangeError('There are no nodes.')
    const sums: Record<keyof MeshMetrics, number> = { ...first }
    for (const name of Object.keys(sums) as (keyof MeshMetrics)[])
      sums[name] = all.reduce((total, metrics) => total + metrics[name], 0)
    return sums
  }

  /** Kills a share of the nodes at once, other than these. @returns the survivors */
  kill(share: number, except: readonly SwarmNode[] = []): SwarmNode[] {
    const mortal = this.simulation.random.shuffle(this.members.filter((each) => !except.includes(each)))
    const dead = new Set(mortal.slice(0, Math.round(this.members.length * share)))
    for (const { host } of dead) this.network.crash(host)
    this.members = this.members.filter((each) => !dead.has(each))
    return this.members
  }

  #start(index: number, isDialOnly: boolean): SwarmNode {
    const name = `n${index}`
    const host = this.simulation.host(name, { ed25519: quickSignatures })
    const socket = new MeshSocket({
      transports: [this.network.transport(host)],
      ...(isDialOnly ? {} : { listen: { host: name, port } }),
      environment: host.environment,
      ...(this.#options.limits ? { limits: this.#options.limits } : {}),
    })
    socket.registerHandler((message) => {
      const expected = this.#expected
      if (expected?.missing.has(index) && new TextDecoder().decode(message.packets[1]) === expected.text) {
        expected.missing.delete(index)
        expected.arrivals.push(this.simulation.elapsedMs)
        expected.hops = Math.max(expected.hops, message.hops)
      }
      return true
    })
    return { index, host, socket, isDialOnly }
  }

  /** By one of those who listen; again and again, until one has a place. */
  async #join(member: SwarmNode): Promise<void> {
    const doors = this.members.filter(({ isDialOnly, index }) => !isDialOnly && index < member.index)
    for (let attempt = 0; attempt < 10; attempt++) {
      const isIn = await member.socket.connect(this.simulation.random.pick(doors).host.name, port).then(
        () => true,
        () => false,
      )
      if (isIn) return
    }
  }
}
