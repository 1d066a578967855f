import { expect, test } from 'vitest'
import { EphemeralNetwork } from './ephemeral-network.ts'

test.each([
  ['an hour', { keys: 350, leaseSeconds: 3600 }, 7800],
  ['a minute', { keys: 200, leaseSeconds: 60 }, 1200],
])('keys with leases of %s: no ghost, none missing, and records go', (_, kind, seconds) => {
  const network = new EphemeralNetwork(1, {
    ...kind,
    skewMs: 30_000,
    crash: 1 / 900,
    partition: 1 / 600,
    clockStep: 1 / 600,
  })
  for (let passed = 0; passed < seconds; passed += 600) {
    expect(network.run(600)).toEqual({ ghosts: 0, missing: 0, examples: [] })
  }
  expect(network.records.most).toBeLessThan(2 * kind.keys + kind.leaseSeconds + 180)
})
