import { AddressInUseError, ClosedError, RefusedError, UnreachableError } from '@ts2p/base'
import { identityFromSeed, textFromBytes } from '@ts2p/protocol'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { MeshSocket } from '../src/mesh-socket.ts'
import {
  closeIn,
  connect,
  createNetwork,
  outcomeOf,
  port,
  received,
  settled,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

test.each([2, 8, 20, scaled(30, 60)])('one address is enough to join: %i nodes', async (size) => {
  const network = createNetwork(200 + size)
  const nodes = await startNetwork(network, size)
  // The last links are made one by one.
  network.simulation.runFor(15_000)
  for (const { socket, events } of nodes) {
    expect(socket.routingTable?.size).toBeGreaterThanOrEqual(Math.min(size - 1, 6))
    expect(socket.routingTable?.size).toBeLessThanOrEqual(10)
    expect(events).toEqual(['connect'])
    expect(socket.issues).toEqual([])
  }
  nodes.at(-1)?.socket.send(['hello'])
  network.simulation.runFor(1000)
  expect(nodes.map((node) => received(node).length)).toEqual(nodes.map((_, index) => (index === size - 1 ? 0 : 1)))
})

const manyNodes = scaled(50, 300)

test(`${manyNodes} nodes join by one address, and every broadcast reaches every node once`, async () => {
  const network = createNetwork(manyNodes)
  const nodes = await startNetwork(network, manyNodes, { limits: { peersMax: 400 } })
  const senders = [0, 1, manyNodes / 2, manyNodes - 1]
  for (const sender of senders) nodes[sender]?.socket.send([`from ${sender}`])
  network.simulation.runFor(2000)
  const counts = nodes.map((node) => received(node).length)
  expect(counts).toEqual(nodes.map((_, index) => (senders.includes(index) ? 3 : 4)))
})

test('a node that is full names others: 40 nodes join by one that takes 8 links', async () => {
  const network = createNetwork(40)
  const first = await startNode(network, 'n0', { limits: { peersMax: 8 } })
  const others = []
  for (let index = 1; index < 40; index++) {
    const node = await startNode(network, `n${index}`)
    const joined = node.socket.connect('n0', port)
    network.simulation.runFor(2000)
    await joined
    others.push(node)
  }
  expect(first.socket.routingTable?.size).toBe(8)
  first.socket.send(['hello'])
  network.simulation.runFor(1000)
  expect(others.map(received)).toEqual(others.map(() => ['hello']))
})

test('a node that is full, and whose others are full as well, refuses in the end', async () => {
  const network = createNetwork(1)
  const [a, b] = [
    await startNode(network, 'a', { limits: { peersMax: 1 } }),
    await startNode(network, 'b', { limits: { peersMax: 1 } }),
  ]
  await connect(network, b.socket, a.name)
  const c = await startNode(network, 'c')
  const refused = outcomeOf(c.socket.connect('a', port))
  network.simulation.runFor(15_000)
  await settled()
  expect(refused.error).toBeInstanceOf(RefusedError)
  expect(refused.error).toMatchObject({ code: 'REFUSED_FULL', refusedBy: 'them' })
  expect(c.socket.routingTable).toBeUndefined()
})

test('a node that comes back to one that is full meanwhile, tries on, and is in when there is room', async () => {
  const network = createNetwork(1)
  const limits = { peersMax: 1, exchangeAddressesMax: 0 }
  const a = await startNode(network, 'a', { limits })
  const b = await startNode(network, 'b', { limits })
  await connect(network, b.socket, a.name)
  network.cut(b.host)
  network.partition([[b.host], [a.host]])
  network.simulation.runFor(1000)
  const c = await startNode(network, 'c', { limits })
  await connect(network, c.socket, a.name)
  network.heal()
  network.simulation.runFor(60_000)
  expect(b.events).toContain('refused full by them')
  expect(b.socket.routingTable).toBeUndefined()
  await closeIn(network, c.socket)
  network.simulation.runFor(60_000)
  expect(b.socket.routingTable?.has(a.socket.id)).toBe(true)
})

test('two nodes that connect to each other at the same time: both succeed, and there is one link', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const network = createNetwork(seed)
    const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
    const both = [a.socket.connect('b', port), b.socket.connect('a', port)]
    network.simulation.runFor(15_000)
    await Promise.all(both)
    expect([a, b].map(({ socket }) => socket.routingTable?.size)).toEqual([1, 1])
    expect([
      a.events.filter((event) => event === 'connect').length,
      b.events.filter((event) => event === 'connect').length,
    ]).toEqual([1, 1])
    a.socket.send(['one'])
    network.simulation.runFor(1000)
    expect(received(b)).toEqual(['one'])
  }
})

test('lists are believed of a node that this one has dialed, though the link was made by the other', async () => {
  const network = createNetwork(1)
  const [a, b, c] = [await startNode(network, 'a'), await startNode(network, 'b'), await startNode(network, 'c')]
  // Both have links that they have only accepted, so that neither believes what it hears of the other.
  await connect(network, a.socket, b.name)
  await connect(network, a.socket, c.name)
  network.simulation.runFor(10_000)
  expect(c.socket.routingTable?.has(b.socket.id)).toBe(false)
  await connect(network, c.socket, a.name)
  // At once: the list came with the link.
  network.simulation.runFor(500)
  expect(c.socket.routingTable?.has(b.socket.id)).toBe(true)
})

test('in a small network a node that was away is dialed within seconds when it is back', async () => {
  const network = createNetwork(1)
  const [a, b, c] = await startNetwork(network, 3)
  if (!a || !b || !c) throw new Error('Three nodes were asked for.')
  network.crash(c.host)
  network.simulation.runFor(30_000)
  const back = await startNode(network, c.name)
  network.simulation.runFor(15_000)
  expect(back.socket.routingTable?.size).toBe(2)
})

test('a node knows for how long it has had no neighbor', async () => {
  const network = createNetwork(1)
  const [a, b] = await startNetwork(network, 2)
  const stranger = await startNode(network, 'stranger')
  if (!a || !b) throw new Error('Two nodes were asked for.')
  expect([a.socket.isolatedMs, stranger.socket.isolatedMs]).toEqual([undefined, undefined])
  network.crash(b.host)
  network.simulation.runFor(60_000)
  expect(a.socket.isolatedMs).toBeGreaterThan(20_000)
  await connect(network, stranger.socket, a.name)
  expect(a.socket.isolatedMs).toBeUndefined()
})

test('connecting again to a node that is linked resolves at once and makes no second link', async () => {
  const network = createNetwork(1)
  const [a, b] = await startNetwork(network, 2)
  if (!a || !b) throw new Error('Two nodes were asked for.')
  await connect(network, b.socket, a.name)
  await connect(network, a.socket, b.name)
  expect([a, b].map(({ socket }) => socket.routingTable?.size)).toEqual([1, 1])
})

test('the routing table is undefined while a node is alone', async () => {
  const network = createNetwork(1)
  const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
  expect(a.socket.routingTable).toBeUndefined()
  await connect(network, a.socket, b.name)
  expect([...(a.socket.routingTable?.keys() ?? [])]).toEqual([b.socket.id])
  expect(a.socket.outgoing.map(({ id }) => id)).toEqual([b.socket.id])
  expect(b.socket.outgoing).toEqual([])
  await closeIn(network, b.socket)
  expect(a.socket.routingTable).toBeUndefined()
  expect(a.events).toEqual(['connect', 'disconnect'])
})

test("'connect' comes again when a node returns after a failure", async () => {
  const network = createNetwork(1)
  const [a, b] = await startNetwork(network, 2)
  if (!a || !b) throw new Error('Two nodes were asked for.')
  network.partition([[a.host], [b.host]])
  network.simulation.runFor(60_000)
  expect(b.events).toEqual(['connect', 'disconnect'])
  network.heal()
  network.simulation.runFor(60_000)
  expect(b.events).toEqual(['connect', 'disconnect', 'connect'])
  expect(a.events).toEqual(['connect', 'disconnect', 'connect'])
})

test('a process that was killed comes back at its address as someone new, and is linked again by the others', async () => {
  const network = createNetwork(5)
  const nodes = await startNetwork(network, 5)
  const [first, ...others] = nodes
  if (!first) throw new Error('Five nodes were asked for.')
  network.crash(first.host)
  network.simulation.runFor(10_000)
  const again = await startNode(network, 'n0')
  network.simulation.runFor(60_000)
  expect(again.socket.routingTable?.size).toBeGreaterThan(0)
  again.socket.send(['back'])
  network.simulation.runFor(1000)
  expect(others.map(received)).toEqual(others.map(() => ['back']))
})

test('disconnect() ends a link, and the node is not dialed again until connect()', async () => {
  const network = createNetwork(1)
  const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
  await connect(network, a.socket, b.name)
  const [connection] = a.socket.outgoing
  if (!connection) throw new Error('a has dialed b.')
  a.socket.disconnect(connection)
  network.simulation.runFor(300_000)
  expect([a, b].map(({ socket }) => socket.routingTable)).toEqual([undefined, undefined])
  expect(b.events).toContain('refused not-allowed by them')
  await connect(network, a.socket, b.name)
  expect(a.socket.routingTable?.size).toBe(1)
  expect(a.events.filter((event) => !event.startsWith('refused'))).toEqual(['connect', 'disconnect', 'connect'])
})

test('an address where nobody listens is refused with an UnreachableError', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'a')
  const refused = outcomeOf(socket.connect('nobody', port))
  network.simulation.runFor(1000)
  await settled()
  expect(refused.error).toBeInstanceOf(UnreachableError)
  expect(refused.error).toMatchObject({ code: 'UNREACHABLE', host: 'nobody', port })
})

test('a port in use is refused with an AddressInUseError', async () => {
  const network = createNetwork(1)
  const a = await startNode(network, 'a')
  const other = new MeshSocket({
    transports: [network.transport(a.host)],
    listen: { host: 'a', port },
    environment: a.host.environment,
  })
  await expect(other.listen()).rejects.toBeInstanceOf(AddressInUseError)
  await expect(other.listen()).rejects.toMatchObject({ code: 'ADDRESS_IN_USE', host: 'a', port })
})

test("another subnet, and one's own address, are refused on both sides with the reason", async () => {
  const network = createNetwork(1)
  const [a, b] = [await startNode(network, 'a', { subnet: 'cats' }), await startNode(network, 'b', { subnet: 'dogs' })]
  const [subnet, oneself] = [outcomeOf(a.socket.connect('b', port)), outcomeOf(b.socket.connect('b', port))]
  network.simulation.runFor(1000)
  await settled()
  expect(subnet.error).toMatchObject({ code: 'REFUSED_ANOTHER_SUBNET', difference: 'the subnet descriptions differ' })
  expect(oneself.error).toMatchObject({ code: 'REFUSED_ONESELF' })
  expect(a.events.every((event) => event.startsWith('refused another-subnet'))).toBe(true)
  expect(a.events.length).toBe(1)
  expect(b.events.filter((event) => event.startsWith('refused another-subnet')).length).toBe(1)
})

test('after close(), everything is refused with a ClosedError', async () => {
  const network = createNetwork(1)
  const [a, b] = await startNetwork(network, 2)
  if (!a || !b) throw new Error('Two nodes were asked for.')
  b.socket.send(['before'])
  network.simulation.runFor(100)
  const message = a.socket.recv()
  await closeIn(network, a.socket)
  expect(() => a.socket.send(['x'])).toThrow(ClosedError)
  await expect(a.socket.connect('n1', port)).rejects.toBeInstanceOf(ClosedError)
  await expect(a.socket.listen()).rejects.toBeInstanceOf(ClosedError)
  await expect(message?.reply(['x'])).rejects.toBeInstanceOf(ClosedError)
  expect(a.socket.routingTable).toBeUndefined()
  await a.socket.close()
})

test('close() while a connect is on its way through alternatives ends both', async () => {
  const network = createNetwork(7)
  const [a, b] = [
    await startNode(network, 'a', { limits: { peersMax: 1 } }),
    await startNode(network, 'b', { limits: { peersMax: 1 } }),
  ]
  await connect(network, b.socket, a.name)
  for (let ms = 1; ms < 60; ms += 2) {
    const c = await startNode(network, `c${ms}`)
    const connected = outcomeOf(c.socket.connect('a', port))
    network.simulation.runFor(ms)
    await closeIn(network, c.socket)
    await settled()
    expect(connected.error).toBeInstanceOf(ClosedError)
  }
})

test('what a node says after it came back, within the same second and as the same, is heard', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  const identity = identityFromSeed(new Uint8Array(32).fill(6), anna.host.environment.ed25519)
  const started = network.simulation.now
  const heard: string[] = []
  for (let run = 0; run < 4; run += 1) {
    const { socket } = await startNode(network, `run-${run}`, { identity })
    const joined = socket.connect('anna', port)
    network.simulation.runFor(50)
    await joined
    socket.send([`said in run ${run}`])
    network.simulation.runFor(50)
    const closed = socket.close()
    network.simulation.runFor(50)
    await closed
    heard.push(...anna.socket.recv(10).map(({ packets }) => textFromBytes(packets[1] ?? new Uint8Array(0))))
  }
  expect(network.simulation.now - started).toBeLessThan(1000)
  expect(heard).toEqual([0, 1, 2, 3].map((run) => `said in run ${run}`))
})

test('a node that was dialed is not dialed again while it is linked', async () => {
  const network = createNetwork(1)
  const a = await startNode(network, 'a')
  const host = network.simulation.host('dialer')
  const transport = network.transport(host)
  let dialManager = 0
  const counting = { ...transport, dial: (to: string, at: number) => ((dialManager += 1), transport.dial(to, at)) }
  const socket = new MeshSocket({ transports: [counting], environment: host.environment })
  await socket.listen()
  const connected = socket.connect(a.name, port)
  network.simulation.runFor(1000)
  await connected
  network.simulation.runFor(20_000)
  expect([dialManager, socket.routingTable?.size]).toEqual([1, 1])
})
