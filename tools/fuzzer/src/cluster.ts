import type { Host, Random, SimulatedNetwork } from '@ts2p/simulator'
import type { Change } from '@ts2p/store'
import { CatchingUpError, ClockSkewError } from '@ts2p/sync'
import type { LeaseServer } from './lease-server.ts'
import { hasClocksOff } from './plan.ts'
import type { Plan } from './plan.ts'
import { createReplica, hex, port } from './replica.ts'
import type { Replica, StateOptions } from './replica.ts'

interface Member {
  readonly name: string
  /** Whom it asks to be let in; undefined for the first. */
  readonly introducer: string | undefined
  readonly isLiar: boolean
  host: Host
  replica: Replica
  isJoining: boolean
  isJoined: boolean
}

/** The nodes of one network: who they are now, and how each gets in. */
export class Cluster {
  readonly #network: SimulatedNetwork
  readonly #random: Random
  readonly #plan: Plan
  readonly #note: (line: string) => void
  readonly #oracle: LeaseServer
  readonly #members: Member[] = []

  constructor(options: {
    network: SimulatedNetwork
    random: Random
    plan: Plan
    note: (line: string) => void
    /** Hears of every write. */
    oracle: LeaseServer
  }) {
    this.#network = options.network
    this.#random = options.random
    this.#plan = options.plan
    this.#note = options.note
    this.#oracle = options.oracle
  }

  get hosts(): Host[] {
    return this.#members.map(({ host }) => host)
  }

  get members(): [name: string, replica: Replica][] {
    return this.#members.map(({ name, replica }) => [name, replica])
  }

  /** Those who write now. The first has nobody to wait for. */
  get writers(): [name: string, replica: Replica][] {
    const waits = ({ isJoined, introducer }: Member): boolean =>
      this.#plan.isPatient && !isJoined && introducer !== undefined
    return this.#members.filter((member) => !waits(member)).map(({ name, replica }) => [name, replica])
  }

  /** Those who keep to the rules: what is promised is promised to them. */
  get honest(): Replica[] {
    return this.#members.flatMap(({ replica }) => (replica.isLiar ? [] : [replica]))
  }

  /** Starts all nodes; each but the first knows the address of an honest one that was there before it. */
  async assemble(skewMs: () => number): Promise<void> {
    for (let index = 0; index < this.#plan.nodes; index++) {
      const introducer = index === 0 ? undefined : this.#random.pick(this.#members.filter((each) => !each.isLiar)).name
      const isLiar = index > 0 && this.#random.chance(this.#plan.liars)
      const host = this.#network.simulation.host(`n${index}`, { skewMs: skewMs() })
      const replica = this.#start(host, isLiar)
      this.#members.push({ name: host.name, introducer, isLiar, host, replica, isJoining: false, isJoined: false })
      await replica.listen()
      await this.runFor(this.#random.integer(0, 500))
    }
  }

  /** One node ends as by kill -9 and loses all that it knew; another takes its place and its address, as someone new. */
  async replaceOne(skewMs: () => number): Promise<void> {
    const member = this.#random.pick(this.#members)
    this.#note(`crash ${member.name}`)
    this.#network.crash(member.host)
    await this.runFor(this.#random.integer(0, 5000))
    member.host = this.#network.simulation.host(member.name, { skewMs: skewMs() })
    member.replica = this.#start(member.host, member.isLiar)
    member.isJoined = false
    member.isJoining = false
    await member.replica.listen()
    this.#note(`return ${member.name} ${member.replica.id}`)
  }

  /** Lets virtual time pass. What the sockets promise settles in between, in slices, and who is not in yet tries again. */
  async runFor(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= sliceMs) {
      for (const member of this.#members) this.#join(member)
      this.#network.simulation.runFor(Math.min(leftMs, sliceMs))
      await promisesSettled()
    }
  }

  /**
   * What is wrong; nothing if nothing is at one moment of some virtual time. Owners renew ephemeral keys all the time, so a renewal may be
   * under way at any other moment.
   */
  async faultsWithin(ms: number): Promise<string[]> {
    if (hasClocksOff(this.#plan)) this.#releaseEphemeral()
    let faults = this.faults()
    let leftMs = ms
    for (; leftMs > 0 && faults.length > 0; leftMs -= glanceMs) {
      await this.runFor(Math.min(leftMs, glanceMs))
      faults = this.faults()
    }
    await this.runFor(leftMs)
    return faults
  }

  /** What is wrong now. */
  faults(): string[] {
    const honest = this.#members.filter(({ isLiar }) => !isLiar)
    const options = this.#stateOptions
    const states = new Set(honest.map(({ replica }) => replica.stateHash(options)))
    const faults = states.size === 1 ? [] : [`${states.size} different states`]
    for (const { name, replica } of honest) if (!replica.isToldTruly) faults.push(`${name} was told something else`)
    return faults
  }

  /** The state of every node, to read. */
  describe(): string {
    return this.#members
      .map(
        ({ name, replica }) =>
          `${name} ${replica.id} linked with ${replica.routingTable?.size ?? 0}\n${replica.state(this.#stateOptions)}`,
      )
      .join('\n\n')
  }

  /** A node drops the records of ephemeral keys by its own clock. */
  get #stateOptions(): StateOptions {
    const garbageBefore = Math.max(0, ...this.honest.map((replica) => replica.garbageBefore))
    return { cut: { completeSince: 0, garbageBefore }, withEphemeral: !hasClocksOff(this.#plan) }
  }

  /** A renewal from a clock that is ahead is put aside for longer than until the next one: such nodes would never hold the same. */
  #releaseEphemeral(): void {
    for (const { replica } of this.#members) {
      for (const key of replica.ownEphemeralKeys) {
        try {
          replica.release(key)
        } catch (error) {
          // It may not renew either, and is asked again.
          if (!(error instanceof CatchingUpError || error instanceof ClockSkewError)) throw error
        }
      }
    }
  }

  #start(host: Host, isLiar: boolean): Replica {
    const { leaseSeconds, leaseSecondsMax } = this.#plan
    const onWrite = ({ key, owner, value, leaseSeconds: seconds, records }: Change): void => {
      const atMs = this.#network.simulation.elapsedMs
      const isEphemeral = records[0]?.ephemeral === true
      this.#oracle.write({ key, value: value && hex(value), owner, leaseSeconds: seconds, isEphemeral, atMs })
    }
    const replica = createReplica(this.#network, host, { leaseSeconds, leaseSecondsMax, isLiar, onWrite })
    const note = (line: string): void => this.#note(`${host.name} hears ${line}`)
    replica.on('change', ({ type, key, value, at }) => note(`${key} ${type} ${JSON.stringify(value)} ${at}`))
    replica.on('lease-lost', ({ key }) => note(`${key} lost`))
    return replica
  }

  #join(member: Member): void {
    const { introducer, replica } = member
    if (introducer === undefined || member.isJoining || member.isJoined || member.host.isDown) return
    member.isJoining = true
    const settle = (isJoined: boolean): void => {
      if (member.replica !== replica) return
      member.isJoining = false
      member.isJoined = isJoined
    }
    replica.connect(introducer, port).then(
      () => settle(true),
      () => settle(false),
    )
  }
}

/** Most virtual time between two looks at promises, milliseconds. */
const sliceMs = 1000
/** Virtual time between two looks at what is wrong, milliseconds. */
const glanceMs = 250

/** All promises that can settle without virtual time passing have settled. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
