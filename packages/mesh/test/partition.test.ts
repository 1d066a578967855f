import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { createNetwork, outcomeOf, port, received, startNetwork, startNode } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** Whether all nodes hear one of them. */
function isWhole(network: ReturnType<typeof createNetwork>, nodes: readonly Node[]): boolean {
  for (const node of nodes) received(node)
  nodes[0]?.socket.send(['are you there?'])
  network.simulation.runFor(2000)
  return nodes.slice(1).every((node) => received(node).length === 1)
}

const seeds = scaled(6, 50)

test(`a network that was divided in 2 to 5 parts is whole again by itself: ${seeds} seeds`, async () => {
  for (let seed = 1; seed <= seeds; seed++) {
    const network = createNetwork(seed)
    const random = new Random(seed)
    const nodes = await startNetwork(network, random.integer(4, 16))
    const ways = random.integer(2, 5)
    const parts: Node['host'][][] = Array.from({ length: ways }, () => [])
    for (const { host } of nodes) random.pick(parts).push(host)
    network.partition(parts)
    network.simulation.runFor(random.integer(1000, 300_000))
    network.heal()
    network.simulation.runFor(90_000)
    expect(isWhole(network, nodes), `seed ${seed}`).toBe(true)
  }
})

test('a large network comes together again though whoever introduced them is gone, and each half has links enough', async () => {
  for (let seed = 1; seed <= scaled(1, 3); seed++) {
    const network = createNetwork(seed)
    const half = scaled(12, 20)
    const [introducer, ...nodes] = await startNetwork(network, 2 * half + 1)
    if (!introducer) throw new Error('An odd number of nodes was asked for.')
    network.crash(introducer.host)
    network.partition([nodes.slice(0, half).map(({ host }) => host), nodes.slice(half).map(({ host }) => host)])
    network.simulation.runFor(600_000)
    expect(isWhole(network, nodes)).toBe(false)
    network.heal()
    network.simulation.runFor(90_000)
    expect(isWhole(network, nodes)).toBe(true)
  }
})

test('who joins a part of a divided network by a node that then dies finds the others once it can reach them', async () => {
  for (let seed = 1; seed <= scaled(4, 10); seed++) {
    const network = createNetwork(seed)
    const [introducer, ...others] = await startNetwork(network, 6)
    if (!introducer) throw new Error('6 nodes were asked for.')
    const late = await startNode(network, 'late')
    network.partition([others.map(({ host }) => host), [introducer.host, late.host]])
    for (const { host } of others) network.cut(host)
    network.simulation.runFor(15_000)
    outcomeOf(late.socket.connect(introducer.name, port))
    network.simulation.runFor(2000)
    network.crash(introducer.host)
    network.heal()
    network.simulation.runFor(90_000)
    expect(isWhole(network, [...others, late]), `seed ${seed}`).toBe(true)
  }
})

const nodesInAll = scaled(30, 60)

test(`half of ${nodesInAll} nodes die at once: the others still hear each other`, async () => {
  const network = createNetwork(60)
  const nodes = await startNetwork(network, nodesInAll)
  for (const { host } of nodes.slice(0, nodesInAll / 2)) network.crash(host)
  network.simulation.runFor(10_000)
  expect(isWhole(network, nodes.slice(nodesInAll / 2))).toBe(true)
})
