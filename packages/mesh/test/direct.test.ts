import { nodeIdFromHash } from '@ts2p/protocol'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import type { MeshSocket } from '../src/mesh-socket.ts'
import {
  createNetwork,
  nodeIn,
  outcomeOf,
  received,
  settled,
  startChain,
  startTopology,
} from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'
import { answerAll, noise, runUntil, tallyOf } from './direct.test-helper.ts'

const roomy = { limits: { receiveQueueBytes: 1024 * 1024 * 1024 } }

test('45,000 messages to a neighbor arrive once each, in order, without a question to all', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'], roomy)
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const tally = tallyOf(Array.from({ length: 45_000 }, (_, index) => a.socket.sendTo(b.socket.id, [`${index}`])))
  await runUntil(network, () => tally.resolved + tally.errors.length === 45_000, 60_000)
  expect(tally).toEqual({ resolved: 45_000, errors: [] })
  expect(received(b)).toEqual(Array.from({ length: 45_000 }, (_, index) => `${index}`))
  const { routeQuestionsSent, messagesSent, directSent, directRepeated } = a.socket.metrics()
  expect({ routeQuestionsSent, messagesSent, directSent, directRepeated }).toEqual({
    ...{ routeQuestionsSent: 0, messagesSent: 0, directSent: 45_000, directRepeated: 0 },
  })
})

test('10,000 messages at once to an unknown node 3 hops away: one question for its route, no link lost', async () => {
  const network = createNetwork(2)
  const nodes = await startChain(network, ['a', 'b', 'c', 'd'], roomy)
  const [a, d] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'd')]
  const tally = tallyOf(Array.from({ length: 10_000 }, (_, index) => a.socket.sendTo(d.socket.id, [`${index}`])))
  await runUntil(network, () => tally.resolved + tally.errors.length === 10_000, 60_000)
  expect(tally).toEqual({ resolved: 10_000, errors: [] })
  expect(new Set(received(d)).size).toBe(10_000)
  expect(a.socket.metrics().routeQuestionsSent).toBe(1)
  expect(linksOf(nodes)).toBe(6)
})

test('200 messages of 1 MB over a line of 1 MiB/s arrive, and messages to others are as quick as ever', async () => {
  const network = createNetwork(3)
  const nodes = await startTopology(
    network,
    ['a', 'slow', 'relay', 'other'],
    [
      ['slow', 'a'],
      ['relay', 'a'],
      ['other', 'relay'],
    ],
    roomy,
  )
  const [a, slow, other] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow'), nodeIn(nodes, 'other')]
  let arrived = 0
  slow.socket.registerHandler((message) => {
    arrived += message.packets[1]?.length === 1_000_000 ? 1 : 0
    return true
  })
  answerAll(other)
  const idle = await delaysOf(network, a.socket, other.socket, 200)
  network.limitBandwidth(a.host, slow.host, 1024 * 1024)
  const big = noise(1_000_000)
  const tally = tallyOf(Array.from({ length: 200 }, () => a.socket.sendTo(slow.socket.id, [big])))
  const busy = await delaysOf(network, a.socket, other.socket, 200)
  await runUntil(network, () => tally.resolved + tally.errors.length === 200, 400_000)
  expect(tally).toEqual({ resolved: 200, errors: [] })
  expect(arrived).toBe(200)
  expect(linksOf(nodes)).toBe(6)
  expect(p99(busy)).toBeLessThan(2 * p99(idle))
})

test('a message to a neighbor arrives beside 1,024 targets that are nowhere', async () => {
  const network = createNetwork(5)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const nowhere = Array.from({ length: 1024 }, () => nodeIdFromHash(network.simulation.random.bytes(32)))
  for (const id of nowhere) a.socket.sendTo(id, ['x']).catch(() => undefined)
  const sent = outcomeOf(a.socket.sendTo(b.socket.id, ['y']).then(() => 'sent'))
  await runUntil(network, () => sent.value !== undefined, 5000)
  expect([sent.value, received(b)]).toEqual(['sent', ['y']])
})

test('a relay drops what a slow link does not take, and the source sends it again: no link is lost', async () => {
  const network = createNetwork(4)
  const sources = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']
  const links = [...sources.map((name) => [name, 'relay'] as const), ['slow', 'relay'] as const]
  const nodes = await startTopology(network, ['relay', 'slow', ...sources], links, roomy)
  const [relay, slow] = [nodeIn(nodes, 'relay'), nodeIn(nodes, 'slow')]
  network.limitBandwidth(relay.host, slow.host, 1024 * 1024)
  const big = noise(500_000)
  const sent = sources.flatMap((name) =>
    Array.from({ length: 10 }, (_, index) =>
      nodeIn(nodes, name).socket.sendTo(slow.socket.id, [`${name} ${index}`, big]),
    ),
  )
  const tally = tallyOf(sent)
  await runUntil(network, () => tally.resolved + tally.errors.length === sent.length, 300_000)
  expect(tally).toEqual({ resolved: 80, errors: [] })
  const names = slow.socket.recv(1000).map(({ packets }) => new TextDecoder().decode(packets[1]))
  expect([names.length, new Set(names).size]).toEqual([80, 80])
  expect(relay.socket.metrics().directDropped).toBeGreaterThan(0)
  expect(linksOf(nodes)).toBe(18)
})

test('each arrives once, though writes are lost, repeated and reordered', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const network = createNetwork(seed)
    const nodes = await startChain(network, ['a', 'b', 'c'], roomy)
    const [a, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'c')]
    const first = outcomeOf(a.socket.sendTo(c.socket.id, ['first']))
    await runUntil(network, () => received(c).length === 1, 5000)
    expect(first.error).toBeUndefined()
    network.faults = { latencyMs: [1, 100], loss: 0.07, duplication: 0.3, reordering: 0.3 }
    const sent: Promise<void>[] = []
    for (let index = 0; index < 300; index++) {
      sent.push(a.socket.sendTo(c.socket.id, [`${index}`]))
      network.simulation.runFor(5)
    }
    const tally = tallyOf(sent)
    await runUntil(network, () => tally.resolved + tally.errors.length === 300, 120_000)
    expect(tally, `seed ${seed}`).toEqual({ resolved: 300, errors: [] })
    expect(received(c).toSorted((x, y) => Number(x) - Number(y))).toEqual(sent.map((_, index) => `${index}`))
  }
})

function linksOf(nodes: Readonly<Record<string, Node>>): number {
  return Object.values(nodes).reduce((sum, { socket }) => sum + (socket.routingTable?.size ?? 0), 0)
}

/** How long requests take, one at a time, milliseconds. */
async function delaysOf(network: SimulatedNetwork, from: MeshSocket, to: MeshSocket, count: number): Promise<number[]> {
  const delays: number[] = []
  for (let index = 0; index < count; index++) {
    const answer = outcomeOf(from.request(to.id, [`${index}`], { timeoutMs: 60_000 }))
    const before = network.simulation.elapsedMs
    while (answer.value === undefined && answer.error === undefined) {
      network.simulation.runFor(1)
      await settled()
    }
    if (answer.error !== undefined) throw answer.error
    delays.push(network.simulation.elapsedMs - before)
  }
  return delays
}

function p99(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.ceil(0.99 * values.length) - 1] ?? 0
}
