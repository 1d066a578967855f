import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { expectConvergence } from './convergence.test-helper.ts'
import { climateOf, drawPlan } from './plan.ts'
import { runNetwork } from './run-network.ts'

const seeds = scaled(30, 1000)

test(
  `random networks 1 to ${seeds}: when the faults stop, every honest node comes to hold the same`,
  {
    timeout: 600_000,
  },
  () => expectConvergence(1, seeds),
)

test('a seed makes the same network twice, event by event', async () => {
  for (const seed of [3, 14, 159]) {
    const [first, again] = [await runNetwork(seed), await runNetwork(seed)]
    expect(again).toEqual(first)
  }
})

test('another seed makes another network', async () => {
  const [one, other] = [await runNetwork(1), await runNetwork(2)]
  expect(other.trace).not.toBe(one.trace)
})

test('networks are of all kinds: large ones, with liars, without leases, divided five ways, with two thirds of all lost', () => {
  const plans = Array.from({ length: 2000 }, (_, seed) => drawPlan(new Random(seed)))
  expect(Math.max(...plans.map(({ nodes }) => nodes))).toBeGreaterThan(40)
  expect(Math.max(...plans.map(({ faults }) => faults.loss))).toBeGreaterThan(0.55)
  expect(Math.max(...plans.map(({ liars }) => liars))).toBeGreaterThan(0.35)
  expect(new Set(plans.map(climateOf))).toEqual(
    new Set(['calm', 'rough', 'harsh', 'impatient', 'short leases', 'with liars']),
  )
})

test('liars are heard, and what they make up is told', async () => {
  const lines: string[] = []
  const outcomes = []
  for (let seed = 1; seed <= scaled(16, 40); seed++)
    outcomes.push(await runNetwork(seed, { print: (line) => lines.push(line) }))
  expect(outcomes.some(({ lies }) => lies > 5)).toBe(true)
  for (const what of ['makes up', 'forges', 'replays', 'tells garbage']) {
    expect(lines.some((line) => line.includes(what))).toBe(true)
  }
  expect(lines.some((line) => /hears k\d+ set "lie/.test(line))).toBe(true)
})

test('all that happens can be read, and reading changes nothing', async () => {
  const lines: string[] = []
  const read = await runNetwork(3, { print: (line) => lines.push(line) })
  expect(read.trace).toBe((await runNetwork(3)).trace)
  expect(lines.some((line) => / n\d set /.test(line))).toBe(true)
  expect(lines.some((line) => / n\d hears /.test(line))).toBe(true)
})
