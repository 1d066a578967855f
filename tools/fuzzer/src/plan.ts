import { ephemeralSecondsMin } from './lease-server.ts'
import { noFaults } from '@ts2p/simulator'
import type { Faults, Random } from '@ts2p/simulator'

/** What kind of network a seed makes, and what happens to it. Each fault is there in about half of the networks. */
export interface Plan {
  readonly nodes: number
  /** 0: without leases. */
  readonly leaseSeconds: number
  /** The longest lease that a write may name, and the shortest that writers draw, seconds. */
  readonly leaseSecondsMax: number
  readonly leaseSecondsMin: number
  /** The same of an ephemeral key. On slow links its renewals are still under way when the next ones are due if it is short. */
  readonly ephemeralSecondsMin: number
  /** How long the network is watched once it agrees, seconds: in some networks until ephemeral keys are dropped. */
  readonly watchedSeconds: number
  readonly keys: number
  readonly steps: number
  /** Longest pause between two steps, milliseconds. */
  readonly pauseMsMax: number
  readonly faults: Faults
  /** Probability per step that the network is divided or made whole, that a node falls silent, or its clock steps. */
  readonly partition: number
  readonly silence: number
  readonly clockStep: number
  /** That a node crashes and comes back as someone new, and that one loses all its links but nothing that it knows. */
  readonly crash: number
  readonly cut: number
  /** Bound of what a clock may be off, milliseconds. */
  readonly skewMsMax: number
  /** Share of the nodes that do not keep to the rules, of those after the first. */
  readonly liars: number
  /** Whether applications wait until `connect` has resolved before they write, at first and after a crash. */
  readonly isPatient: boolean
}

/** How hard a network is on its nodes: whether a lease server could do much better. */
export type Climate = 'calm' | 'rough' | 'harsh' | 'impatient' | 'short leases' | 'with liars'

/** Two of the periods in which neighbors compare: what was lost is repaired by then. */
const repairSeconds = 60

export function climateOf({ faults, liars, ...plan }: Plan): Climate {
  if (liars > 0) return 'with liars'
  if (plan.leaseSecondsMin < repairSeconds) return 'short leases'
  if (plan.partition + plan.silence + plan.crash > 0 || hasClocksOff(plan) || faults.loss > 0.2) {
    return plan.isPatient ? 'harsh' : 'impatient'
  }
  return faults.loss + faults.duplication + faults.reordering + plan.cut > 0 ? 'rough' : 'calm'
}

/** Whether clocks are wrong: then nodes see an ephemeral key end at different moments. */
export function hasClocksOff({ skewMsMax, clockStep }: Pick<Plan, 'skewMsMax' | 'clockStep'>): boolean {
  return skewMsMax + clockStep > 0
}

/** How long a network must go on agreeing, seconds. */
const watchedSeconds = 35
/** The longest that the records of an ephemeral key outlast its longest lease: a minute, and up to a whole one, seconds. */
const garbageSeconds = 120
/** From this latency on, milliseconds, ephemeral keys have leases of this length at least, seconds. */
const [slowLinkMs, slowEphemeralSeconds] = [100, 30]

type Lengths = Pick<
  Plan,
  'leaseSeconds' | 'leaseSecondsMax' | 'leaseSecondsMin' | 'ephemeralSecondsMin' | 'watchedSeconds'
>

/** The lengths of leases. In half of the networks some are too short for what was lost to be repaired in time. */
function drawLengths(random: Random, { latencyMs }: Faults): Lengths {
  const leaseSeconds = random.chance(0.75) ? random.pick([random.integer(2, 30), random.integer(60, 3600)]) : 0
  const ephemeralMin = latencyMs[1] > slowLinkMs ? slowEphemeralSeconds : ephemeralSecondsMin
  const most = random.pick([leaseSeconds, leaseSeconds * random.integer(2, 4), 14_400])
  const leaseSecondsMax = leaseSeconds === 0 ? 0 : Math.max(leaseSeconds, ephemeralMin, most)
  const leaseSecondsMin = random.chance(0.5) ? 1 : Math.min(leaseSeconds, repairSeconds)
  const isWatchedLong = leaseSecondsMax > 0 && leaseSecondsMax <= repairSeconds && random.chance(0.5)
  return {
    ...{ leaseSeconds, leaseSecondsMax, leaseSecondsMin },
    ephemeralSecondsMin: Math.max(ephemeralMin, leaseSecondsMin),
    watchedSeconds: isWatchedLong ? leaseSecondsMax + garbageSeconds + watchedSeconds : watchedSeconds,
  }
}

/** Most networks are small, since what goes wrong does so between a few nodes. */
function drawNodes(random: Random): number {
  const dice = random.float()
  if (dice < 0.8) return random.integer(3, 5)
  if (dice < 0.97) return random.integer(6, 9)
  return dice < 0.995 ? random.integer(10, 20) : random.integer(21, 64)
}

export function drawPlan(random: Random): Plan {
  // Some networks are left in peace, and some have bad links only, so that there is something to compare with.
  const harm = random.pick(['none', 'links', 'all', 'all', 'all'])
  const sometimes = (value: () => number): number => (random.chance(0.5) && harm === 'all' ? value() : 0)
  const onLinks = (value: () => number): number => (random.chance(0.5) && harm !== 'none' ? value() : 0)
  const nodes = drawNodes(random)
  const faults = {
    latencyMs: random.chance(0.5) ? noFaults.latencyMs : ([1, random.integer(20, 800)] as const),
    loss: onLinks(() => random.float() * (harm === 'all' ? 0.6 : 0.2)),
    duplication: onLinks(() => random.float() * 0.3),
    reordering: onLinks(() => random.float() * 0.5),
  }
  return {
    nodes,
    ...drawLengths(random, faults),
    keys: random.integer(2, 12),
    steps: random.integer(20, nodes > 9 ? 30 : 50),
    pauseMsMax: random.pick([200, 1500, 4000, 10_000]),
    faults,
    partition: sometimes(() => 0.08),
    silence: sometimes(() => 0.05),
    crash: sometimes(() => 0.05),
    cut: onLinks(() => 0.05),
    clockStep: sometimes(() => 0.08),
    skewMsMax: sometimes(() => 30_000),
    liars: sometimes(() => random.float() * 0.4),
    isPatient: random.chance(0.75),
  }
}
