import { replayCommand } from './arguments.ts'
import { climateOf } from './plan.ts'
import type { Climate } from './plan.ts'
import type { Outcome } from './run-network.ts'

const climates: readonly Climate[] = ['calm', 'rough', 'harsh', 'impatient', 'short leases', 'with liars']
/**
 * What a lease server may be better by. Leases that are over before a lost write is repaired are counted apart, and so
 * are networks with liars, in which nothing is promised of who has a key, and those in which applications write before they are
 * in the network, so that they cannot know of anybody's lease.
 */
const agreementMin: Partial<Record<Climate, number>> = { calm: 0.95, rough: 0.95, harsh: 0.85 }

/** What many networks came to, added up. */
export class Summary {
  readonly divergent: Outcome[] = []
  #seeds = 0
  #nodes = 0
  #writes = 0
  #refused = 0
  #events = 0
  #virtualMs = 0
  #lies = 0
  readonly #agreement = new Map<Climate, { keys: number; agreeing: number }>()

  get seeds(): number {
    return this.#seeds
  }

  add(outcome: Outcome): void {
    this.#seeds += 1
    this.#nodes += outcome.plan.nodes
    this.#writes += outcome.writes
    this.#refused += outcome.refused
    this.#events += outcome.events
    this.#virtualMs += outcome.virtualMs
    this.#lies += outcome.lies
    if (outcome.plan.leaseSeconds > 0) this.#addAgreement(climateOf(outcome.plan), outcome.agreement)
    if (outcome.faults.length > 0) this.divergent.push(outcome)
  }

  /** Share of the keys under leases that have the value that one lease server would have that saw every write. */
  agreementIn(climate: Climate): number {
    const { keys, agreeing } = this.#agreement.get(climate) ?? { keys: 0, agreeing: 0 }
    return keys === 0 ? 1 : agreeing / keys
  }

  /** The goals of agreement that are not met. They are no promise: convergence is. */
  get missedGoals(): string[] {
    return climates.flatMap((climate) => {
      const least = agreementMin[climate] ?? 0
      if (this.agreementIn(climate) >= least) return []
      return [`Goal missed: ${climate} networks are to end as a lease server would in ${least * 100} % of the keys.`]
    })
  }

  #addAgreement(climate: Climate, { keys, agreeing }: Outcome['agreement']): void {
    const before = this.#agreement.get(climate) ?? { keys: 0, agreeing: 0 }
    this.#agreement.set(climate, { keys: before.keys + keys, agreeing: before.agreeing + agreeing })
  }

  /** The table. */
  toString(): string {
    const rows: [string, number | string][] = [
      ['seeds', this.#seeds],
      ['nodes', this.#nodes],
      ['writes', this.#writes],
      ['refused for a lease', this.#refused],
      ['events', this.#events],
      ['virtual hours', (this.#virtualMs / 3_600_000).toFixed(1)],
      ['lies told', this.#lies],
      ['divergent', this.divergent.length],
      ...climates.map((climate): [string, string] => [
        `as served, ${climate}`,
        `${(this.agreementIn(climate) * 100).toFixed(1)} %`,
      ]),
    ]
    return rows.map(([name, value]) => `${name.padEnd(26)}${String(value).padStart(12)}`).join('\n')
  }
}

/** What to read of a network that did not come to agree. */
export function describeFault({ seed, plan, faults }: Outcome): string {
  return `seed ${seed}: ${faults.join('; ')}\n  ${JSON.stringify(plan)}\n  again: ${replayCommand(seed)}`
}
