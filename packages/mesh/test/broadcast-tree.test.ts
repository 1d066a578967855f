import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { createNetwork, nodeIn, received, settled, startNetwork, startTopology } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** What all nodes together have counted. */
function totals(nodes: readonly Node[]): { first: number; again: number; sent: number; control: number } {
  const sum = { first: 0, again: 0, sent: 0, control: 0 }
  for (const { socket } of nodes) {
    const metrics = socket.metrics()
    sum.first += metrics.messagesReceived
    sum.again += metrics.duplicatesReceived
    sum.sent += metrics.payloadSent
    sum.control += metrics.controlSent
  }
  return sum
}

/** Redundant copies for each first one, of what was sent meanwhile. */
function redundancy(nodes: readonly Node[], meanwhile: () => void): number {
  const before = totals(nodes)
  meanwhile()
  const after = totals(nodes)
  return (after.again - before.again) / (after.first - before.first)
}

test('after a few messages of a source, every node gets each of its messages once', async () => {
  const network = createNetwork(100)
  const nodes = await startNetwork(network, scaled(30, 100))
  network.simulation.runFor(20_000)
  const speak = (count: number) => () => {
    for (let index = 0; index < count; index++) {
      nodes[7]?.socket.send([`${index}`])
      network.simulation.runFor(200)
    }
    network.simulation.runFor(2000)
  }
  speak(5)()
  expect(redundancy(nodes, speak(50))).toBeLessThan(0.05)
  expect(nodes.filter((node) => received(node).length === 55).length).toBe(nodes.length - 1)
})

test('when all speak at once, each has a tree of its own', async () => {
  const network = createNetwork(40)
  const nodes = await startNetwork(network, scaled(16, 40))
  network.simulation.runFor(20_000)
  const speak = (): void => {
    for (const { socket } of nodes) socket.send(['x'])
    network.simulation.runFor(500)
  }
  for (let round = 0; round < 5; round++) speak()
  const share = redundancy(nodes, () => {
    for (let round = 0; round < 10; round++) speak()
  })
  expect(share).toBeLessThan(0.1)
  expect(new Set(nodes.map((node) => received(node).length))).toEqual(new Set([15 * (nodes.length - 1)]))
})

test('a message tells over how many links it came', async () => {
  const network = createNetwork(1)
  const links = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ] as const
  const nodes = await startTopology(network, ['a', 'b', 'c', 'd'], links)
  nodeIn(nodes, 'a').socket.send(['x'])
  network.simulation.runFor(100)
  expect(['b', 'c', 'd'].map((name) => nodeIn(nodes, name).socket.recv()?.hops)).toEqual([1, 2, 3])
})

test('messages of one turn travel together, and in order', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(network, ['a', 'b'], [['a', 'b']])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const before = network.writes
  for (let index = 0; index < 1000; index++) a.socket.send([`${index}`])
  network.simulation.runFor(50)
  expect(network.writes - before).toBe(1)
  expect(received(b)).toEqual(Array.from({ length: 1000 }, (_, index) => `${index}`))
  expect(a.socket.metrics()).toMatchObject({ messagesSent: 1000, payloadSent: 1000, links: 1 })
  expect(b.socket.metrics()).toMatchObject({ messagesReceived: 1000, duplicatesReceived: 0 })
})

const nodesInAll = scaled(30, 60)

test(`a third of ${nodesInAll} nodes die while one speaks: every other node gets every message, within a second and a half`, async () => {
  for (let seed = 1; seed <= scaled(1, 5); seed++) {
    const network = createNetwork(seed, { latencyMs: [10, 50] })
    const nodes = await startNetwork(network, nodesInAll)
    network.simulation.runFor(20_000)
    const [speaker] = nodes
    const say = (text: string): void => void speaker?.socket.send([text])
    for (let index = 0; index < 10; index++) {
      say(`before ${index}`)
      network.simulation.runFor(200)
    }
    for (const { host } of nodes.slice((2 * nodesInAll) / 3)) network.crash(host)
    say('while they die')
    const others = nodes.slice(1, (2 * nodesInAll) / 3)
    for (const node of others) received(node)
    const missing = new Set(others)
    const isEverywhere = (): boolean => {
      for (const node of missing) if (received(node).includes('while they die')) missing.delete(node)
      return missing.size === 0
    }
    expect(network.simulation.runUntil(isEverywhere, 1500), `seed ${seed}: ${missing.size} did not get it`).toBe(true)
  }
})

test('neighbors that take messages and pass none on cannot keep them from anybody', async () => {
  const network = createNetwork(30)
  const nodes = await startNetwork(network, 30)
  network.simulation.runFor(20_000)
  for (let index = 0; index < 5; index++) {
    nodes[0]?.socket.send([`before ${index}`])
    network.simulation.runFor(500)
  }
  for (const node of nodes) received(node)
  // Those who stop do so without a word, and their links stay.
  for (const { host } of nodes.slice(20)) network.stall(host, true)
  nodes[0]?.socket.send(['after'])
  network.simulation.runFor(3000)
  expect(nodes.slice(1, 20).map(received)).toEqual(nodes.slice(1, 20).map(() => ['after']))
})

test('a whisper is no gap in what is to all: nobody asks for it', async () => {
  const network = createNetwork(1)
  const links = [
    ['a', 'b'],
    ['b', 'c'],
  ] as const
  const nodes = await startTopology(network, ['a', 'b', 'c'], links)
  const [a, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'c')]
  for (let index = 0; index < 5; index++) {
    a.socket.send([`to all ${index}`])
    a.socket.send(['whispered'], { flag: 'whisper' })
    network.simulation.runFor(300)
  }
  expect(received(c)).toEqual([0, 1, 2, 3, 4].map((index) => `to all ${index}`))
  expect(c.socket.metrics().graftsSent).toBeLessThanOrEqual(1)
})

test('writable() resolves at once, or when the slowest neighbor takes messages again', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(network, ['a', 'slow'], [['slow', 'a']], {
    limits: { sendQueueSoftBytes: 100_000 },
  })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  await a.socket.writable()
  network.stall(slow.host, true)
  const packet = network.simulation.random.bytes(300_000)
  a.socket.send([packet])
  network.simulation.runFor(10)
  let isWritable = false
  const writable = a.socket.writable().then(() => (isWritable = true))
  network.simulation.runFor(1000)
  expect(isWritable).toBe(false)
  network.stall(slow.host, false)
  network.simulation.runFor(1000)
  await writable
  expect(isWritable).toBe(true)
})

test('writable() does not wait for a neighbor that has the broadcasts from another one', async () => {
  const network = createNetwork(2)
  const links = [
    ['b', 'a'],
    ['slow', 'b'],
    ['slow', 'a'],
  ] as const
  const nodes = await startTopology(network, ['a', 'b', 'slow'], links, {
    limits: { sendQueueSoftBytes: 100_000, receiveQueueBytes: 100_000_000 },
  })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  network.limitBandwidth(a.host, slow.host, 20_000)
  // The copies by the slow line come second, so that the neighbor wants none of them.
  for (let index = 0; index < 5; index++) {
    a.socket.send([network.simulation.random.bytes(10_000)])
    network.simulation.runFor(2000)
  }
  void a.socket.sendTo(slow.socket.id, [network.simulation.random.bytes(500_000)]).catch(() => undefined)
  network.simulation.runFor(100)
  expect(a.socket.routingTable?.get(slow.socket.id)?.isCongested).toBe(true)
  let isWritable = false
  void a.socket.writable().then(() => (isWritable = true))
  await settled()
  expect(isWritable).toBe(true)
})

test('only broadcasts that a congested neighbor can no longer be sent are reported as lost', async () => {
  const network = createNetwork(3)
  const nodes = await startTopology(network, ['a', 'slow'], [['slow', 'a']], {
    limits: { sendQueueSoftBytes: 100_000, repairBytesMax: 500_000, receiveQueueBytes: 100_000_000 },
  })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  const send = (count: number): void => {
    for (let index = 0; index < count; index++) {
      a.socket.send([network.simulation.random.bytes(50_000)])
      network.simulation.runFor(1)
    }
  }
  // In time for all: those that are evicted have been sent.
  for (let round = 0; round < 10; round++) {
    send(2)
    network.simulation.runFor(100)
  }
  network.stall(slow.host, true)
  // Some are sent, some are kept.
  send(10)
  expect(a.socket.issues).toEqual([])
  send(4)
  const [issue, ...others] = a.socket.issues
  expect(others).toEqual([])
  expect(issue).toMatchObject({ code: 'slow-neighbor', message: expect.stringContaining(slow.socket.id) })
  network.stall(slow.host, false)
  network.simulation.runFor(5000)
  const missing = 34 - received(slow).length
  expect(issue?.count).toBe(missing)
  expect(missing).toBeGreaterThan(0)
})
