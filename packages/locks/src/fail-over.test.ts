import { expect, test } from 'vitest'
import { election } from './election.ts'
import { advance, createNetwork, startNodes } from './nodes.test-helper.ts'
import { renewalDelay } from './renewal-time.ts'

test.each([1, 2, 10])(
  'a leader with a lease of %i s crashes at any time: another leads within the lease and a second',
  async (leaseSeconds) => {
    const seeds = leaseSeconds === 10 ? 12 : 40
    for (let seed = 1; seed <= seeds; seed += 1) {
      const network = createNetwork(seed)
      const nodes = await startNodes(network, ['a', 'b', 'c'])
      const elections = nodes.map(({ socket, host }) =>
        election(socket, 'leader', { environment: host.environment, leaseSeconds }),
      )
      await advance(network, 1000 * leaseSeconds + 1500 + seed * 50)
      const at = elections.findIndex(({ isLeader }) => isLeader)
      const [leader] = nodes.splice(at, 1)
      elections.splice(at, 1)
      if (!leader) throw new Error(`Nobody leads, seed ${seed}.`)
      network.crash(leader.host)
      await advance(network, leaseSeconds * 1000 + 1000)
      expect([seed, elections.filter(({ isLeader }) => isLeader).length]).toEqual([seed, 1])
    }
  },
)

test.each([
  [1000, 200],
  [2000, 450],
  [10_000, 2500],
])('a lease of %i ms is renewed late in a second, after a third of it or soon before', (leaseMs, least) => {
  const start = Date.UTC(2027, 0, 1)
  let [now, renewals] = [start, 0]
  for (; now < start + 60_000; renewals += 1) {
    const delay = renewalDelay({ now, leftMs: leaseMs, leaseMs })
    // A holder gives its lock up at four fifths of the lease.
    expect(delay).toBeGreaterThan(0)
    expect(delay).toBeLessThanOrEqual(Math.max(leaseMs / 3 + 1, 600))
    now += delay
    expect(now % 1000).toBeGreaterThanOrEqual(450)
    expect(now % 1000).toBeLessThanOrEqual(900)
  }
  expect(60_000 / renewals).toBeGreaterThan(least)
})
