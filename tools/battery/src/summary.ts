import { replayCommand } from './arguments.ts'
import type { Outcome } from './run-network.ts'

/** What many networks came to, added up. */
export class Summary {
  readonly divergent: Outcome[] = []
  #seeds = 0
  #nodes = 0
  #writes = 0
  #refused = 0
  #events = 0
  #virtualMs = 0

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
    if (outcome.faults.length > 0) this.divergent.push(outcome)
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
      ['divergent', this.divergent.length],
    ]
    return rows.map(([name, value]) => `${name.padEnd(20)}${String(value).padStart(12)}`).join('\n')
  }
}

/** What to read of a network that did not come to agree. */
export function describeFault({ seed, plan, faults }: Outcome): string {
  return `seed ${seed}: ${faults.join('; ')}\n  ${JSON.stringify(plan)}\n  again: ${replayCommand(seed)}`
}
