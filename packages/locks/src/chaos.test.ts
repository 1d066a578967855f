import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { advance, ask, createNetwork, startNodes } from './nodes.test-helper.ts'

const names = ['a', 'b', 'c', 'd', 'e']

test.each(Array.from({ length: scaled(2, 20) }, (_, index) => 200 + index))(
  'nodes are cut off one by one, confirmation is wanted, seed %i: at most one has the lock at any time, and tokens grow',
  async (seed) => {
    const network = createNetwork(seed, { latencyMs: [1, 80] })
    const { random } = network.simulation
    const nodes = await startNodes(network, names)
    const asked = nodes.map((node) => ask(node, { replicas: 1 }))
    const tokens: string[] = []
    let changes = 0
    let holder = -1
    const look = (): void => {
      const holders = asked.flatMap(({ value }, index) => (value?.isHeld ? [{ value, index }] : []))
      expect(holders.map(({ index }) => names[index]).length).toBeLessThanOrEqual(1)
      for (const { value, index } of holders) {
        tokens.push(value.token)
        if (index !== holder) changes += 1
        holder = index
        if (random.float() < 0.002) value.release()
      }
      for (const [index, { value }] of asked.entries()) {
        const node = nodes[index]
        if (node && value && !value.isHeld) asked[index] = ask(node, { replicas: 1 })
      }
    }
    for (let round = 0; round < 12; round++) {
      const victim = nodes[Math.floor(random.float() * nodes.length)]
      if (!victim) throw new Error('there is one')
      if (random.float() < 0.7)
        network.partition([[victim.host], nodes.filter((each) => each !== victim).map(({ host }) => host)])
      else network.cut(victim.host)
      await advance(network, random.float() * 30_000, look)
      network.heal()
      await advance(network, random.float() * 30_000, look)
    }
    expect(changes).toBeGreaterThan(2)
    expect(tokens).toEqual(tokens.toSorted())
  },
)
