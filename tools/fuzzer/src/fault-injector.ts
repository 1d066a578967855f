import { noFaults } from '@ts2p/simulator'
import type { Host, Random, SimulatedNetwork } from '@ts2p/simulator'
import type { Plan } from './plan.ts'

/** What befalls the network and the clocks. */
export class FaultInjector {
  readonly #network: SimulatedNetwork
  readonly #random: Random
  readonly #plan: Plan
  readonly #hosts: () => readonly Host[]
  readonly #note: (line: string) => void
  readonly #silent = new Set<string>()
  #groupByName: ReadonlyMap<string, number> = new Map()

  constructor(options: {
    network: SimulatedNetwork
    random: Random
    plan: Plan
    hosts: () => readonly Host[]
    note: (line: string) => void
  }) {
    this.#network = options.network
    this.#random = options.random
    this.#plan = options.plan
    this.#hosts = options.hosts
    this.#note = options.note
  }

  /** A clock that may be off. */
  drawSkewMs(): number {
    const { skewMsMax } = this.#plan
    return this.#random.integer(-skewMsMax, skewMsMax)
  }

  /** Whatever happens before the next step. */
  change(): void {
    const random = this.#random
    const host = random.pick(this.#hosts())
    if (random.chance(this.#plan.partition)) this.#divide()
    if (random.chance(this.#plan.silence)) this.#silence(host.name)
    if (random.chance(this.#plan.cut)) {
      this.#network.cut(host)
      this.#note(`cut ${host.name}`)
    }
    if (random.chance(this.#plan.clockStep)) {
      host.skewMs = random.integer(-30_000, 30_000)
      this.#note(`clock ${host.name} ${host.skewMs}`)
    }
  }

  /** From now on the network loses nothing. The clocks stay as they are. */
  calm(): void {
    this.#note('calm')
    this.#silent.clear()
    this.#groupByName = new Map()
    this.#network.faults = { ...noFaults, latencyMs: this.#network.faults.latencyMs }
    this.#network.heal()
  }

  #divide(): void {
    const isWhole = this.#groupByName.size === 0
    const ways = this.#random.integer(2, 5)
    this.#groupByName = new Map(
      isWhole ? this.#hosts().map(({ name }) => [name, this.#random.integer(1, ways)] as const) : [],
    )
    this.#note(isWhole ? `partition ${[...this.#groupByName].map((each) => each.join(':')).join(' ')}` : 'heal')
    this.#apply()
  }

  #silence(name: string): void {
    const isSilent = this.#silent.delete(name)
    if (!isSilent) this.#silent.add(name)
    this.#note(`${isSilent ? 'heard' : 'silent'} ${name}`)
    this.#apply()
  }

  /** Groups within which nodes hear each other; a silent node is a group of its own. */
  #apply(): void {
    const groups = new Map<string, Host[]>()
    for (const host of this.#hosts()) {
      const group = this.#silent.has(host.name) ? host.name : `${this.#groupByName.get(host.name) ?? 0}`
      groups.set(group, [...(groups.get(group) ?? []), host])
    }
    this.#network.partition([...groups.values()])
  }
}
