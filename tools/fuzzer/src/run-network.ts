import type { SignatureScheme } from '@ts2p/protocol'
import { Random, SimulatedNetwork, Simulation } from '@ts2p/simulator'
import { Cluster } from './cluster.ts'
import { LeaseServer } from './lease-server.ts'
import { Liar } from './liar.ts'
import { drawPlan } from './plan.ts'
import type { Plan } from './plan.ts'
import { Trace } from './trace.ts'
import { FaultInjector } from './fault-injector.ts'
import { Writer } from './writer.ts'

/** What became of a network. */
export interface Outcome {
  readonly seed: number
  readonly plan: Plan
  /** Writes made, and refused for a lease. */
  readonly writes: number
  readonly refused: number
  readonly lies: number
  /** Of the keys that were written, how many have the value that one lease server would have that saw every write. */
  readonly agreement: { readonly keys: number; readonly agreeing: number }
  /** Events of the simulation, and its time, milliseconds. */
  readonly events: number
  readonly virtualMs: number
  /** What is wrong at the end; empty: nothing. */
  readonly faults: readonly string[]
  /** A hash of everything that happened. */
  readonly trace: string
}

/** Longest time that the nodes have to agree once the faults have stopped, and how often they are looked at, milliseconds. */
const quietMsMax = 15 * 60_000
const lookMs = 5000

/**
 * A random network of real sockets in virtual time: random writes under random faults; then the faults stop, and after
 * a while every node must hold the same. Everything comes from the seed.
 */
export async function runNetwork(
  seed: number,
  options: {
    print?: (line: string) => void
    /** What computes signatures; default the platform's. */
    ed25519?: SignatureScheme
  } = {},
): Promise<Outcome> {
  const { print, ed25519 } = options
  const simulation = new Simulation(ed25519 === undefined ? { seed } : { seed, ed25519 })
  // Draws of its own, so that the plan of a seed stays what it is when the nodes draw differently.
  const random = new Random(seed ^ 0x2545f491)
  const plan = drawPlan(random)
  const network = new SimulatedNetwork(simulation, plan.faults)
  const trace = new Trace(print)
  const note = (line: string): void => trace.note(`${(simulation.elapsedMs / 1000).toFixed(3)} ${line}`)
  note(JSON.stringify(plan))
  const oracle = new LeaseServer()
  const cluster = new Cluster({ network, random, plan, note, oracle })
  const faultInjector = new FaultInjector({ network, random, plan, hosts: () => cluster.hosts, note })
  const writer = new Writer(random, plan, () => cluster.members.map(([, { id }]) => id))
  const liar = new Liar(random, plan)
  await cluster.assemble(() => faultInjector.drawSkewMs())
  for (let step = 0; step < plan.steps; step++) {
    faultInjector.change()
    if (random.chance(plan.crash)) await cluster.replaceOne(() => faultInjector.drawSkewMs())
    const [name, replica] = random.pick(cluster.writers)
    const isLie = replica.isLiar && random.chance(0.7)
    note(`${name} ${isLie ? liar.lie(replica, cluster.honest, simulation.now) : writer.write(replica)}`)
    await cluster.runFor(random.integer(0, plan.pauseMsMax))
  }
  faultInjector.calm()
  let agreedMs = 0
  let faults: readonly string[] = []
  const watchedMs = plan.watchedSeconds * 1000
  // Once they agree they must stay so; what is due only then, being ahead of the clocks, may divide them for a moment.
  for (let waitedMs = 0; waitedMs < quietMsMax && agreedMs < watchedMs; waitedMs += lookMs) {
    faults = await cluster.faultsWithin(lookMs)
    agreedMs = faults.length === 0 ? agreedMs + lookMs : 0
  }
  const agreement = oracle.agreement((key) => cluster.honest[0]?.valueInHex(key), simulation.elapsedMs)
  note(`${simulation.events} events ${network.writes} writes ${network.bytes} bytes ${faults.join('; ')}`)
  const { events, elapsedMs: virtualMs } = simulation
  const { made: writes, refused } = writer
  const lies = liar.told
  return { seed, plan, writes, refused, lies, agreement, events, virtualMs, faults, trace: trace.digest() }
}
