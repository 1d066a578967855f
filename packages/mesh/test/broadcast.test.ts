import { ArgumentError } from '@ts2p/base'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { MessageTooLargeError } from '../src/errors.ts'
import { createNetwork, nodeIn, received, startChain, startNetwork, startTopology } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** Every node broadcasts once; each of the others must get it once. */
function everyoneSpeaks(network: ReturnType<typeof createNetwork>, nodes: readonly Node[]): void {
  for (const { name, socket } of nodes) socket.send([`from ${name}`])
  network.simulation.runFor(5000)
  for (const node of nodes) {
    const others = nodes.filter((each) => each !== node).map(({ name }) => `from ${name}`)
    expect(received(node).toSorted(), node.name).toEqual(others.toSorted())
  }
}

test('a broadcast reaches every node exactly once: a mesh', async () => {
  const network = createNetwork(1)
  everyoneSpeaks(network, await startNetwork(network, 20))
})

test('a broadcast reaches every node exactly once, though writes come twice and overtake each other', async () => {
  for (let seed = 1; seed <= scaled(4, 10); seed++) {
    const network = createNetwork(seed)
    const nodes = await startNetwork(network, 12)
    network.faults = { latencyMs: [1, 200], loss: 0, duplication: 0.5, reordering: 0.5 }
    everyoneSpeaks(network, nodes)
  }
})

test('a broadcast reaches every node exactly once: a chain of eight', async () => {
  const network = createNetwork(1)
  everyoneSpeaks(network, Object.values(await startChain(network, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])))
})

test('a broadcast reaches every node exactly once: a star, and a ring', async () => {
  const network = createNetwork(1)
  const spokes = ['a', 'b', 'c', 'd', 'e'].map((name) => [name, 'hub'] as const)
  everyoneSpeaks(network, Object.values(await startTopology(network, ['hub', 'a', 'b', 'c', 'd', 'e'], spokes)))
  const another = createNetwork(2)
  const ring = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
    ['d', 'a'],
  ] as const
  everyoneSpeaks(another, Object.values(await startTopology(another, ['a', 'b', 'c', 'd'], ring)))
})

test('a whisper reaches the neighbors and nobody else', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c', 'd'])
  expect(nodeIn(nodes, 'b').socket.send(['psst'], { flag: 'whisper' })).toBe(2)
  network.simulation.runFor(1000)
  expect(Object.values(nodes).map(received)).toEqual([['psst'], [], ['psst'], []])
})

test('a message says whose it is, of which type, when it was sent and which it is', async () => {
  const network = createNetwork(1)
  const { a, b } = await startChain(network, ['a', 'b'])
  if (!a || !b) throw new Error('Two nodes were asked for.')
  a.host.skewMs = 5000
  const sentAt = a.host.environment.now()
  expect(a.socket.send(['one', new Uint8Array([0xff, 0])], { type: 'greeting' })).toBe(1)
  a.socket.send([])
  network.simulation.runFor(100)
  const [first, second] = b.socket.recv(10)
  expect(first).toMatchObject({ sender: a.socket.id, type: 'greeting', time: sentAt })
  expect(first?.packets.slice(1)).toEqual([new TextEncoder().encode('one'), new Uint8Array([0xff, 0])])
  expect(second).toMatchObject({ sender: a.socket.id, type: 'broadcast' })
  expect(first?.id).not.toBe(second?.id)
})

test('packets are copied: what is done to them after send() changes nothing', async () => {
  const network = createNetwork(1)
  const { a, b } = await startChain(network, ['a', 'b'])
  const packet = new TextEncoder().encode('before')
  a?.socket.send([packet])
  packet.fill(0)
  network.simulation.runFor(100)
  expect(b && received(b)).toEqual(['before'])
})

test('send() to nobody says so', async () => {
  const network = createNetwork(1)
  const { a } = await startChain(network, ['a'])
  expect(a?.socket.send(['hello'])).toBe(0)
})

test('what cannot be sent is refused with a typed error, and the links stay', async () => {
  const network = createNetwork(1)
  const { a, b } = await startChain(network, ['a', 'b'])
  if (!a || !b) throw new Error('Two nodes were asked for.')
  expect(() => a.socket.send([new Uint8Array(2 ** 21)])).toThrow(MessageTooLargeError)
  expect(() => a.socket.send([new Uint8Array(2 ** 21)])).toThrow(/Send it in parts, or raise the limit frameBytesMax/)
  expect(() => a.socket.send(Array.from({ length: 5000 }, () => 'x'))).toThrow(ArgumentError)
  // What a caller without types may give.
  const untyped: { send(packets: unknown, options?: unknown): number } = a.socket
  expect(() => untyped.send('hello')).toThrow(ArgumentError)
  expect(() => untyped.send([42])).toThrow(ArgumentError)
  expect(() => untyped.send(['x'], { flag: 'shout' })).toThrow(ArgumentError)
  expect(() => untyped.send(['x'], null)).toThrow(ArgumentError)
  expect(a.socket.send([new Uint8Array(2 ** 20)])).toBe(1)
  expect(a.socket.send(Array.from({ length: 4095 }, () => 'x'))).toBe(1)
  network.simulation.runFor(1000)
  expect(b.socket.recv(10).map(({ packets }) => packets.length)).toEqual([2, 4096])
  expect(a.socket.routingTable?.size).toBe(1)
})

test('a neighbor that reads slowly holds up nobody, and catches up when it reads again', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(
    network,
    ['a', 'slow', 'c'],
    [
      ['slow', 'a'],
      ['c', 'a'],
    ],
    {
      limits: { sendQueueSoftBytes: 100_000 },
    },
  )
  const [a, slow, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow'), nodeIn(nodes, 'c')]
  network.stall(slow.host, true)
  // Bytes that cannot be compressed.
  const packet = network.simulation.random.bytes(1000)
  const counts: number[] = []
  for (let index = 0; index < 400; index++) {
    counts.push(a.socket.send([packet, `${index}`]))
    network.simulation.runFor(10)
  }
  expect(counts.at(0)).toBe(2)
  expect(counts.at(-1)).toBe(1)
  expect(c.socket.recv(1000).length).toBe(400)
  network.stall(slow.host, false)
  network.simulation.runFor(5000)
  const caughtUp = slow.socket.recv(1000).map(({ id }) => id)
  expect(new Set(caughtUp).size).toBe(400)
  expect(caughtUp.length).toBe(400)
  expect(a.socket.routingTable?.size).toBe(2)
})

test('what a slow neighbor has missed for good is an issue', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(network, ['a', 'slow'], [['slow', 'a']], {
    limits: { sendQueueSoftBytes: 100_000, repairBytesMax: 50_000 },
  })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  network.stall(slow.host, true)
  const packet = network.simulation.random.bytes(1000)
  for (let index = 0; index < 400; index++) {
    a.socket.send([packet])
    network.simulation.runFor(10)
  }
  expect(a.socket.issues).toEqual([
    expect.objectContaining({ message: expect.stringContaining('takes messages more slowly than they come') }),
  ])
})
