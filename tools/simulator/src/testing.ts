import { onTestFailed } from 'vitest'
import { SimulatedNetwork } from './network.ts'
import type { Faults } from './faults.ts'
import { quickSignatures } from './quick-signatures.ts'
import { Simulation } from './simulation.ts'

export { countTimers } from './live-timers.ts'
export type { TimerCount } from './live-timers.ts'
export { connect, outcomeOf, settled, simulatedPort } from './settling.ts'
export type { Outcome } from './settling.ts'

/**
 * A simulated network whose signatures are quick, and prove nothing. When the test fails, it prints the seed with which it can be run again.
 */
export function createNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return networkOf(new Simulation({ seed, ed25519: quickSignatures }), faults)
}

/** The same with signatures of Ed25519, for tests that forge them. */
export function createSigningNetwork(seed: number, faults: Partial<Faults> = {}): SimulatedNetwork {
  return networkOf(new Simulation({ seed }), faults)
}

function networkOf(simulation: Simulation, faults: Partial<Faults>): SimulatedNetwork {
  onTestFailed(() => console.error(`The simulation had the seed ${simulation.seed}.`))
  return new SimulatedNetwork(simulation, faults)
}
