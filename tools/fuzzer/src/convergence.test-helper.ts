import { quickSignatures } from '@ts2p/simulator'
import { isFull } from '@ts2p/test-config/scaled'
import { expect } from 'vitest'
import { runNetwork } from './run-network.ts'
import { describeFault, Summary } from './summary.ts'

/** Runs the networks of so many seeds: none may stay divided. Two files of tests share the seeds, and so the processors. */
export async function expectConvergence(from: number, seeds: number): Promise<void> {
  const summary = new Summary()
  // A third of the time goes into real signatures, which `pnpm sim` makes.
  const options = isFull ? {} : { ed25519: quickSignatures }
  for (let seed = from; seed < from + seeds; seed++) summary.add(await runNetwork(seed, options))
  console.log(summary.toString())
  expect(summary.divergent.map(describeFault)).toEqual([])
  expect(summary.agreementIn('calm')).toBeGreaterThan(0.95)
}
