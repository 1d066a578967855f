import type { Random } from '@ts2p/simulator'
import { LeaseContestedError, LeaseHeldError, OwnedKeyError } from '@ts2p/store'
import { CatchingUpError, ClockSkewError } from '@ts2p/sync'
import type { Plan } from './plan.ts'
import type { Replica, Value } from './replica.ts'

/** Writes at random, as applications would that do not know of each other. */
export class Writer {
  readonly #random: Random
  readonly #plan: Plan
  readonly #ids: () => readonly string[]
  /** Writes that were made, and that were refused: for a lease, for the clock, or because the node was catching up. */
  made = 0
  refused = 0
  #count = 0

  /** @param ids the nodes that have keys of their own */
  constructor(random: Random, plan: Plan, ids: () => readonly string[]) {
    this.#random = random
    this.#plan = plan
    this.#ids = ids
  }

  /** One write on a replica. @returns what was done, to read */
  write(replica: Replica): string {
    const [action, run] = this.#draw(replica)
    try {
      run()
      this.made += 1
      return action
    } catch (error) {
      const refusals = [CatchingUpError, ClockSkewError, LeaseContestedError, LeaseHeldError, OwnedKeyError]
      const isRefused = refusals.some((kind) => error instanceof kind)
      if (!isRefused) throw error
      this.refused += 1
      return `${action}: ${(error as Error).name}`
    }
  }

  #draw(replica: Replica): [action: string, run: () => unknown] {
    const random = this.#random
    const [key, value] = [this.#key(), this.#value()]
    if (this.#plan.leaseSeconds > 0 && random.chance(0.4)) return this.#drawLeased(replica, key, value)
    const dice = random.float()
    if (dice < 0.15) return [`del ${key}`, () => replica.del(key)]
    if (dice < 0.25) {
      const entries = Array.from({ length: random.integer(2, 4) }, (): [string, Value] => [this.#key(), this.#value()])
      return [`update ${entries.map(([each]) => each).join(' ')}`, () => replica.update(entries)]
    }
    if (dice < 0.27) return ['clear', () => replica.clear()]
    if (dice < 0.3) return [`pop ${key}`, () => replica.pop(key, undefined)]
    if (dice < 0.5 && typeof replica.get(key) !== 'string') {
      const delta = { [`f${random.integer(0, 3)}`]: this.#text() }
      return [`delta ${key} ${JSON.stringify(delta)}`, () => replica.applyDelta(key, delta)]
    }
    return [`set ${key} ${JSON.stringify(value)}`, () => replica.set(key, value)]
  }

  /** What there is with leases alone. */
  #drawLeased(replica: Replica, key: string, value: Value): [action: string, run: () => unknown] {
    const random = this.#random
    const { leaseSecondsMin, leaseSecondsMax, ephemeralSecondsMin } = this.#plan
    const dice = random.float()
    if (dice < 0.15) return [`renew ${key}`, () => replica.renew(key)]
    if (dice < 0.3) return [`release ${key}`, () => replica.release(key)]
    if (dice < 0.4) {
      // Most of them have ended: those of nodes that crashed.
      const owned = replica.sortedKeys.filter((each) => each.startsWith('~'))
      const ended = owned.length > 0 ? random.pick(owned) : key
      return [`del ${ended}`, () => replica.del(ended)]
    }
    const ephemeral = dice < 0.75
    const min = ephemeral ? ephemeralSecondsMin : leaseSecondsMin
    // Short ones as often as long ones.
    const leaseSeconds = random.integer(min, random.pick([Math.min(leaseSecondsMax, 2 * min), leaseSecondsMax]))
    const action = `set ${key} ${JSON.stringify(value)} for ${leaseSeconds} s${ephemeral ? ', ephemeral' : ''}`
    return [action, () => replica.set(key, value, { leaseSeconds, ephemeral })]
  }

  #key(): string {
    const random = this.#random
    return random.chance(0.1) ? `~${random.pick(this.#ids())}/k` : `k${random.integer(1, this.#plan.keys)}`
  }

  #value(): Value {
    const dice = this.#random.float()
    if (dice < 0.1) return ''
    return dice < 0.4 ? { f0: this.#text() } : this.#text()
  }

  #text(): string {
    this.#count += 1
    return `v${this.#count}`
  }
}
