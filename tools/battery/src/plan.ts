import { noFaults } from '@ts2p/simulator'
import type { Faults, Random } from '@ts2p/simulator'

/** What kind of network a seed makes, and what happens to it. Each fault is there in about half of the networks. */
export interface Plan {
  readonly nodes: number
  /** 0: without leases. */
  readonly leaseSeconds: number
  readonly keys: number
  readonly steps: number
  /** Longest pause between two steps, milliseconds. */
  readonly pauseMsMax: number
  readonly faults: Faults
  /** Probability per step that the network is divided or made whole, that a node falls silent, crashes, or its clock steps. */
  readonly partition: number
  readonly silence: number
  readonly crash: number
  readonly clockStep: number
  /** Bound of what a clock may be off, milliseconds. */
  readonly skewMsMax: number
}

export function drawPlan(random: Random): Plan {
  const sometimes = (value: () => number): number => (random.chance(0.5) ? value() : 0)
  return {
    nodes: random.integer(3, 10),
    leaseSeconds: random.chance(0.75) ? random.integer(2, 30) : 0,
    keys: random.integer(2, 12),
    steps: random.integer(20, 70),
    pauseMsMax: random.pick([200, 1500, 6000]),
    faults: {
      latencyMs: random.chance(0.5) ? noFaults.latencyMs : [1, random.integer(20, 800)],
      loss: sometimes(() => random.float() * 0.4),
      duplication: sometimes(() => random.float() * 0.3),
      reordering: sometimes(() => random.float() * 0.5),
    },
    partition: sometimes(() => 0.08),
    silence: sometimes(() => 0.05),
    crash: sometimes(() => 0.05),
    clockStep: sometimes(() => 0.08),
    skewMsMax: sometimes(() => 20_000),
  }
}
