import type { Random } from '@ts2p/simulator'
import type { Change } from '@ts2p/store'
import { randomOf } from '../cases/case-random.ts'
import { EphemeralHost, reconcile } from './ephemeral-host.ts'
import type { Service } from './ephemeral-host.ts'

/** Virtual time begins at the beginning of this second: 2027-01-15T08:00:00Z. */
const startSecond = 1_800_000_000
/** How long what hosts exchange may be put aside, since it is more than 30 s ahead of a clock there, seconds. */
const settleSeconds = 31
/** How often each host compares with a neighbor, as nodes do, and how often all of them are looked at, seconds. */
const [compareSeconds, lookSeconds] = [30, 60]

/** What kind of keys there are, and what happens to them. */
export interface EphemeralTerms {
  readonly keys: number
  readonly leaseSeconds: number
  /** How far the clocks of two hosts are off, one ahead and one behind, milliseconds. The others are right, as far as clocks are. */
  readonly skewMs: number
  /** Probability per second that a host crashes, that the network is divided, and that two clocks are changed. */
  readonly crash: number
  readonly partition: number
  readonly clockStep: number
}

/** What was found wrong. */
export interface Findings {
  /** Keys that a host showed for too long after their services had ended. */
  readonly ghosts: number
  /** Keys of running services in reach that a host did not show. */
  readonly missing: number
  /** An example of each. */
  readonly examples: readonly string[]
}

/**
 * Hosts at the level of their stores, whose services come and go, one a second. Messages take no time, and are lost only by a partition.
 * Everything follows from the seed.
 */
export class EphemeralNetwork {
  readonly #random: Random
  readonly #terms: EphemeralTerms
  readonly #skewsMs: readonly number[]
  /** How long after its end a value may be seen, or after its start be missing: the two clocks that differ most, and a second. */
  readonly #allowanceSeconds: number
  readonly #hosts: EphemeralHost[] = []
  readonly #running: Service[] = []
  readonly #isRunning = new Map<string, Service>()
  /** When services ended, as long as their keys may be shown. */
  readonly #endedAt = new Map<string, number>()
  #second = startSecond
  #regroupedAt = startSecond
  #dividedUntil = 0
  #hostsMade = 0
  #servicesMade = 0

  constructor(seed: number, terms: EphemeralTerms) {
    this.#random = randomOf(seed)
    this.#terms = terms
    this.#skewsMs = [0, 2000, -3000, terms.skewMs, -terms.skewMs]
    this.#allowanceSeconds = (2 * terms.skewMs) / 1000 + 1
    for (const skewMs of this.#skewsMs) this.#hosts.push(this.#makeHost(skewMs))
    for (let count = 0; count < terms.keys; count += 1) this.#join(this.#random.pick(this.#hosts))
  }

  /** Records of all hosts, and the most that one has. */
  get records(): { readonly all: number; readonly most: number } {
    const counts = this.#hosts.map(({ store }) => store.recordCount)
    return { all: counts.reduce((sum, count) => sum + count, 0), most: Math.max(...counts) }
  }

  /** Time passes. @param seconds a whole number of minutes */
  run(seconds: number): Findings {
    let [ghosts, missing] = [0, 0]
    const examples: string[] = []
    for (let passed = 0; passed < seconds; passed += 1) {
      this.#step()
      if (this.#second % lookSeconds !== 0) continue
      const found = this.#look()
      ghosts += found.ghosts
      missing += found.missing
      if (examples.length < 4) examples.push(...found.examples)
    }
    return { ghosts, missing, examples }
  }

  #step(): void {
    const random = this.#random
    const { crash, partition, clockStep } = this.#terms
    this.#second += 1
    if (this.#dividedUntil > 0 && this.#second >= this.#dividedUntil) this.#heal()
    else if (this.#dividedUntil === 0 && random.chance(partition)) this.#divide()
    if (random.chance(crash)) this.#crash(random.integer(0, this.#hosts.length - 1))
    if (random.chance(clockStep)) this.#stepClocks()
    this.#leave(random.integer(0, this.#running.length - 1))
    this.#join(random.pick(this.#hosts))
    for (const host of this.#hosts) this.#broadcast(host, host.renew(this.#second))
    for (const host of this.#hosts) this.#broadcast(host, host.sweep(this.#second, this.#neighborsOf(host)))
    this.#hosts.forEach((host, place) => this.#compare(host, place))
  }

  /** Not all hosts compare in the same second. */
  #compare(host: EphemeralHost, place: number): void {
    const turn = Math.floor((place * compareSeconds) / this.#hosts.length)
    const neighbors = this.#neighborsOf(host)
    if (this.#second % compareSeconds !== turn || neighbors.length === 0) return
    reconcile(host, this.#random.pick(neighbors), this.#second)
  }

  #neighborsOf(host: EphemeralHost): EphemeralHost[] {
    return this.#hosts.filter((other) => other !== host && other.group === host.group)
  }

  #broadcast(from: EphemeralHost, changes: readonly Change[]): void {
    if (changes.length === 0) return
    const records = changes.flatMap((change) => change.records)
    for (const host of this.#neighborsOf(from)) host.receive(records, this.#second)
  }

  #join(host: EphemeralHost): void {
    this.#servicesMade += 1
    const phase = this.#random.integer(0, this.#terms.leaseSeconds)
    const { service, change } = host.start(`service/${this.#servicesMade}`, this.#second, phase)
    this.#running.push(service)
    this.#isRunning.set(service.key, service)
    this.#broadcast(host, [change])
  }

  /** Two of three services end without a word. */
  #leave(index: number): void {
    const service = this.#running[index]
    if (!service) return
    this.#remove(index)
    this.#broadcast(service.host, service.host.stop(service, this.#second, this.#random.chance(1 / 3)))
  }

  #remove(index: number): void {
    const service = this.#running[index]
    const last = this.#running.pop()
    if (!service || !last) return
    if (last !== service) this.#running[index] = last
    this.#isRunning.delete(service.key)
    this.#endedAt.set(service.key, this.#second)
  }

  /** A host ends with all its services. Another one takes its place, and as many services start there. */
  #crash(place: number): void {
    const crashed = this.#hosts[place]
    if (!crashed) return
    const host = this.#makeHost(crashed.skewMs)
    host.group = crashed.group
    this.#hosts[place] = host
    const before = this.#running.length
    for (let index = before - 1; index >= 0; index -= 1) if (this.#running[index]?.host === crashed) this.#remove(index)
    const [source] = this.#neighborsOf(host)
    if (source) reconcile(source, host, this.#second)
    while (this.#running.length < before) this.#join(host)
  }

  #divide(): void {
    const { leaseSeconds } = this.#terms
    for (const host of this.#hosts) host.group = this.#random.integer(1, 2)
    const isLong = this.#random.chance(0.2)
    this.#dividedUntil = this.#second + this.#random.integer(30, isLong ? 3 * leaseSeconds : 600)
    this.#regroupedAt = this.#second
  }

  #heal(): void {
    for (const host of this.#hosts) host.group = 0
    this.#dividedUntil = 0
    this.#regroupedAt = this.#second
    const [first, ...others] = this.#hosts
    for (let round = 0; round < 2; round += 1)
      for (const other of others) if (first) reconcile(first, other, this.#second)
  }

  #stepClocks(): void {
    const shuffled = this.#random.shuffle(this.#skewsMs)
    this.#hosts.forEach((host, index) => (host.skewMs = shuffled[index] ?? 0))
  }

  #makeHost(skewMs: number): EphemeralHost {
    this.#hostsMade += 1
    const { leaseSeconds } = this.#terms
    return new EphemeralHost({ number: this.#hostsMade, leaseSeconds, skewMs, startedAt: this.#second })
  }

  #look(): Findings {
    const second = this.#second
    const allowanceSeconds = this.#allowanceSeconds
    const ghostsFrom = second - this.#terms.leaseSeconds - allowanceSeconds
    const ghosts: string[] = []
    const missing: string[] = []
    for (const { store } of this.#hosts) {
      for (const key of store.keys()) {
        if (!this.#isRunning.has(key) && (this.#endedAt.get(key) ?? 0) < ghostsFrom) ghosts.push(key)
      }
    }
    // A key that is shown for longer is a ghost, known or not.
    for (const [key, endedAt] of this.#endedAt) if (endedAt < ghostsFrom) this.#endedAt.delete(key)
    if (second - this.#regroupedAt > settleSeconds) {
      for (const { key, host, startedAt } of this.#running) {
        if (startedAt > second - allowanceSeconds) continue
        for (const reader of this.#hosts) {
          if (reader.group === host.group && second - reader.startedAt > settleSeconds && !reader.store.has(key))
            missing.push(`${key} of a host at ${host.skewMs} ms is missing at one at ${reader.skewMs} ms`)
        }
      }
    }
    const examples = [...ghosts.slice(0, 1).map((key) => `${key} is a ghost`), ...missing.slice(0, 1)]
    return { ghosts: ghosts.length, missing: missing.length, examples }
  }
}
