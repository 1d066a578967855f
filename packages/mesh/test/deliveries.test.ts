import { expect, test } from 'vitest'
import type { Delivery } from '../src/broadcast/delivery-trace.ts'
import { createNetwork, nodeIn, received, settled, startChain } from './network.test-helper.ts'

test('an observer hears of the delivery of each message, and by which link it came; after the end of nothing', async () => {
  const network = createNetwork(31)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, b, c] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'b').socket, nodeIn(nodes, 'c').socket]
  const copies = new Map<string, Delivery[]>()
  const stops = [a, b, c].map((socket) => {
    const mine: Delivery[] = []
    copies.set(socket.id, mine)
    return socket.observeDeliveries((copy) => mine.push(copy))
  })
  a.send(['one'])
  a.send(['two'])
  network.simulation.runFor(1000)
  const common = { source: a.id, flag: 'broadcast', sequence: 1, count: 2 }
  expect(copies.get(a.id)).toEqual([expect.objectContaining({ ...common, from: undefined, hops: 0, delayMs: 0 })])
  expect(copies.get(b.id)).toEqual([expect.objectContaining({ ...common, from: a.id, hops: 1 })])
  expect(copies.get(c.id)).toEqual([expect.objectContaining({ ...common, from: b.id, hops: 2 })])
  for (const stop of stops) stop()
  a.send(['three'])
  network.simulation.runFor(1000)
  expect([...copies.values()].map(({ length }) => length)).toEqual([1, 1, 1])
})

test('an observer that throws harms nobody: the message goes on, and an issue says so', async () => {
  const network = createNetwork(32)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, b] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'b').socket]
  b.observeDeliveries(() => {
    throw new Error('No.')
  })
  a.send(['hello'])
  network.simulation.runFor(1000)
  expect(received(nodeIn(nodes, 'c'))).toEqual(['hello'])
  expect(b.issues).toEqual([expect.objectContaining({ message: expect.stringContaining('observer') })])
  expect(b.routingTable?.size).toBe(2)
})

test('messages to one node of a type of ts2p are seen by handlers, and by no inbox', async () => {
  const network = createNetwork(33)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const seen: string[] = []
  void a.socket.sendTo(b.socket.id, ['?'], { type: 'ts2p/test' })
  network.simulation.runFor(1000)
  await settled()
  b.socket.registerHandler(({ type }) => void seen.push(type))
  void a.socket.sendTo(b.socket.id, ['?'], { type: 'ts2p/test' })
  void a.socket.sendTo(b.socket.id, ['for you'], { type: 'note' })
  network.simulation.runFor(1000)
  await settled()
  expect(seen).toEqual(['ts2p/test', 'note'])
  expect(received(b)).toEqual(['for you'])
  expect(b.events.filter((event) => event === 'message')).toHaveLength(1)
})

test('a link that something else has accepted is one like any other', async () => {
  const network = createNetwork(34)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const door = network.simulation.host('door')
  const listener = await network.transport(door).listen?.('door', 1, (link) => a.socket.accept(link))
  const guest = await startChain(network, ['guest'])
  const joined = nodeIn(guest, 'guest').socket.connect('door', 1)
  network.simulation.runFor(5000)
  await joined
  b.socket.send(['hello'])
  network.simulation.runFor(1000)
  expect(received(nodeIn(guest, 'guest'))).toEqual(['hello'])
  expect([...(a.socket.routingTable?.keys() ?? [])]).toContain(nodeIn(guest, 'guest').socket.id)
  await listener?.close()
})
