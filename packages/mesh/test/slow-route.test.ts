import { PeerLostError } from '@ts2p/base'
import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  nodeIn,
  outcomeOf,
  received,
  startChain,
  startTopology,
} from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'
import { answerAll, noise, runUntil, tallyOf } from './direct.test-helper.ts'

const roomy = { limits: { receiveQueueBytes: 1024 * 1024 * 1024 } }

/** Broadcasts that fill the queue of a link and more. */
function congest({ socket }: Node, count: number): void {
  for (let index = 0; index < count; index++) socket.send([noise(1_000_000, index + 1)])
}

test('small frames: the messages that share one fit into it', async () => {
  const network = createNetwork(21)
  const nodes = await startChain(network, ['a', 'b'], { limits: { ...roomy.limits, frameBytesMax: 16_384 } })
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const tally = tallyOf(Array.from({ length: 200 }, () => a.socket.sendTo(b.socket.id, [noise(1000)])))
  await runUntil(network, () => tally.resolved + tally.errors.length === 200, 20_000)
  expect([tally, received(b).length, a.events]).toEqual([{ resolved: 200, errors: [] }, 200, ['connect']])
})

test('a route that is congested by broadcasts is no lost one', async () => {
  const network = createNetwork(22)
  const nodes = await startChain(network, ['a', 'b', 'c'], roomy)
  const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
  answerAll(c)
  await warmUp(network, a, c)
  network.limitBandwidth(b.host, c.host, 500_000)
  congest(b, 8)
  network.simulation.runFor(10)
  const tally = tallyOf([
    a.socket.request(c.socket.id, ['x'], { timeoutMs: 60_000 }),
    a.socket.sendTo(c.socket.id, ['y']),
  ])
  await runUntil(network, () => tally.resolved + tally.errors.length === 2, 60_000)
  expect(tally).toEqual({ resolved: 2, errors: [] })
})

test('a question for a route overtakes the broadcasts that congest the links', async () => {
  const network = createNetwork(23)
  const nodes = await startChain(network, ['a', 'b', 'c'], roomy)
  const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
  answerAll(c)
  network.limitBandwidth(a.host, b.host, 1_000_000)
  congest(a, 7)
  network.simulation.runFor(10)
  const answer = outcomeOf(a.socket.request(c.socket.id, ['x'], { timeoutMs: 60_000 }))
  await runUntil(network, () => answer.value !== undefined || answer.error !== undefined, 60_000)
  expect(answer.error).toBeUndefined()
})

test.each([
  ['there', 'b', 'c'],
  ['back', 'c', 'b'],
] as const)('a long message over a slow line %s is neither repeated nor given up', async (way, from, to) => {
  const network = createNetwork(24, { segmentBytes: 16_384 })
  const nodes = await startChain(network, ['a', 'b', 'c'], roomy)
  const [a, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'c')]
  const long = noise(900_000)
  c.socket.registerHandler((message) => {
    if (message.isRequest) void message.reply([way === 'back' ? long : 'short']).catch(() => undefined)
    return message.isRequest
  })
  network.limitBandwidth(nodeIn(nodes, from).host, nodeIn(nodes, to).host, 10_000_000)
  await warmUp(network, a, c)
  network.limitBandwidth(nodeIn(nodes, from).host, nodeIn(nodes, to).host, 100_000)
  const { routeQuestionsSent } = a.socket.metrics()
  const answer = outcomeOf(
    a.socket.request(c.socket.id, [way === 'there' ? long : 'short'], { timeoutMs: 60_000 }).then(() => 'answered'),
  )
  await runUntil(network, () => answer.value !== undefined || answer.error !== undefined, 60_000)
  expect(answer).toMatchObject({ value: 'answered', error: undefined })
  expect([a, c].map(({ socket }) => socket.metrics().directRepeated)).toEqual([0, 0])
  expect(a.socket.metrics().routeQuestionsSent).toBe(routeQuestionsSent)
})

test('other traffic on the first link does not hide that the target is silent', async () => {
  const network = createNetwork(25)
  const nodes = await startChain(network, ['a', 'b', 'c'], { limits: { ...roomy.limits, deadMs: 300_000 } })
  const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
  await warmUp(network, a, c)
  network.silence(c.host, true)
  network.limitBandwidth(a.host, b.host, 100_000)
  a.socket.send([noise(200_000)])
  const sent = outcomeOf(a.socket.sendTo(c.socket.id, ['x']))
  const isTransmitting = (): boolean => (a.socket.routingTable?.get(b.socket.id)?.queuedBytes ?? 0) > 0
  let idle = 0
  await runUntil(
    network,
    () => {
      a.socket.send([noise(2000)])
      if (!isTransmitting()) idle += 1
      return sent.error !== undefined
    },
    20_000,
  )
  expect(sent.error).toBeInstanceOf(PeerLostError)
  expect(idle).toBe(0)
})

test('a relay that drops messages passes on the acknowledgment in their frame', async () => {
  const network = createNetwork(26)
  const nodes = await startChain(network, ['a', 'b', 'c'], roomy)
  const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
  await warmUp(network, a, c)
  await warmUp(network, c, a)
  network.limitBandwidth(b.host, a.host, 10_000_000)
  congest(b, 12)
  network.simulation.runFor(1)
  expect(b.socket.routingTable?.get(a.socket.id)?.isCongested).toBe(true)
  // Each message of a's is answered at once, by one in the same frame as its acknowledgment.
  c.socket.registerHandler(() => {
    void c.socket.sendTo(a.socket.id, [noise(100)]).catch(() => undefined)
    return true
  })
  const tally = tallyOf([a.socket.sendTo(c.socket.id, ['x'])])
  await runUntil(network, () => tally.resolved + tally.errors.length === 1, 60_000)
  expect(tally).toEqual({ resolved: 1, errors: [] })
  expect(b.socket.metrics().directDropped).toBeGreaterThan(0)
  expect(a.socket.metrics().directRepeated).toBe(0)
})

test('the answer to a route question of another node repeats nothing', async () => {
  const network = createNetwork(27)
  const links = [
    ['b', 'a'],
    ['c', 'b'],
  ] as const
  const nodes = await startTopology(network, ['a', 'b', 'c', 'd'], links, roomy)
  const [a, b, c, d] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c'), nodeIn(nodes, 'd')]
  await warmUp(network, a, c)
  // What is kept of the answer to a's own question is forgotten, so that d does not learn the route from it.
  network.simulation.runFor(300_000)
  await connect(network, d.socket, b.name)
  network.limitBandwidth(b.host, c.host, 1_000_000)
  const sent = Array.from({ length: 20 }, (_, index) => a.socket.sendTo(c.socket.id, [noise(60_000, index + 1)]))
  network.simulation.runFor(100)
  const tally = tallyOf([...sent, d.socket.sendTo(c.socket.id, ['x'])])
  await runUntil(network, () => tally.resolved + tally.errors.length === 21, 60_000)
  expect(tally).toEqual({ resolved: 21, errors: [] })
  expect(d.socket.metrics().routeQuestionsSent).toBe(1)
  expect(a.socket.metrics().directRepeated).toBe(0)
})

/** One message, so that the routes between two nodes are known and measured. */
async function warmUp(network: ReturnType<typeof createNetwork>, from: Node, to: Node): Promise<void> {
  const sent = outcomeOf(from.socket.sendTo(to.socket.id, ['warm up']).then(() => 'sent'))
  await runUntil(network, () => sent.value !== undefined, 5000)
  expect([sent.value, received(to)]).toEqual(['sent', ['warm up']])
}
