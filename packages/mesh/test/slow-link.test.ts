import type { SimulatedNetwork } from '@ts2p/simulator'
import type { Random } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { runUntil } from './direct.test-helper.ts'
import { MeshSocket } from '../src/mesh-socket.ts'
import { connect, createNetwork, nodeIn, port, received, settled, startTopology } from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** Bytes of a large message. */
const large = 900_000
const receiveQueueBytes = 200_000_000

/** Large messages that each wait until the links take data again. */
async function sendAll(node: Node, messages: readonly Uint8Array[]): Promise<void> {
  for (const message of messages) {
    node.socket.send([message])
    await node.socket.writable()
  }
}

/** Fills the links of a node with messages to its neighbors. */
function congest(network: SimulatedNetwork, { socket }: Node): void {
  for (let index = 0; index < 6; index++) socket.send([network.simulation.random.bytes(large)], { flag: 'whisper' })
}

/** The broadcasts that a node has got, by their first byte, ascending. */
function broadcastsIn({ socket }: Node): (number | undefined)[] {
  const broadcasts = socket.recv(1_000_000).filter(({ type }) => type === 'broadcast')
  return broadcasts.map(({ packets }) => packets[1]?.[0]).toSorted((a, b) => Number(a) - Number(b))
}

test('every broadcast arrives whose sender awaits writable(), though other traffic congests the link', async () => {
  const network = createNetwork(9)
  const nodes = await startTopology(network, ['a', 'b'], [['b', 'a']], { limits: { receiveQueueBytes } })
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  network.limitBandwidth(a.host, b.host, 2_000_000)
  const messages = Array.from({ length: 40 }, (_, index) => {
    const bytes = network.simulation.random.bytes(large)
    bytes[0] = index
    return bytes
  })
  congest(network, a)
  const before = lossesOf(a)
  let isDone = false
  void sendAll(a, messages).then(() => (isDone = true))
  await runUntil(network, () => isDone, 120_000)
  expect(isDone).toBe(true)
  network.simulation.runFor(20_000)
  expect(broadcastsIn(b)).toEqual([...messages.keys()])
  expect(lossesOf(a)).toBe(before)
})

/** How many broadcasts and messages to neighbors are reported as lost to a neighbor. */
function lossesOf({ socket }: Node): number {
  return socket.issues.find(({ code }) => code === 'slow-neighbor')?.count ?? 0
}

/** Three nodes of which two have a slow link; a broadcasts while it is congested. */
async function startTriangle(): Promise<{ network: SimulatedNetwork; a: Node; b: Node }> {
  const network = createNetwork(10)
  const links = [
    ['b', 'a'],
    ['c', 'a'],
    ['c', 'b'],
  ] as const
  const nodes = await startTopology(network, ['a', 'b', 'c'], links, { limits: { receiveQueueBytes } })
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  a.socket.send(['before'])
  network.simulation.runFor(1000)
  received(b)
  network.limitBandwidth(a.host, b.host, 200_000)
  return { network, a, b }
}

test('nothing is reported as lost that the neighbor behind a slow link got from another', async () => {
  const { network, a, b } = await startTriangle()
  congest(network, a)
  const before = lossesOf(a)
  for (let index = 0; index < 60; index++) {
    a.socket.send([new Uint8Array([index]), network.simulation.random.bytes(large)])
    network.simulation.runFor(500)
  }
  network.simulation.runFor(90_000)
  expect(broadcastsIn(b)).toEqual(Array.from({ length: 60 }, (_, index) => index))
  expect(lossesOf(a)).toBe(before)
})

test('writable() does not wait for long for a neighbor that got everything from another', async () => {
  const { network, a } = await startTriangle()
  congest(network, a)
  let isWritable = false
  a.socket.send(['left out'])
  void a.socket.writable().then(() => (isWritable = true))
  await settled()
  expect(isWritable).toBe(false)
  // The link itself is congested for several seconds more.
  await runUntil(network, () => isWritable, 2000)
  expect(isWritable).toBe(true)
})

/** A node with a layer above it. `onNeighbor` is called when a link is new or takes data again. */
async function startUnder(
  network: SimulatedNetwork,
  name: string,
  { sendQueueSoftBytes, onNeighbor }: { sendQueueSoftBytes: number; onNeighbor: (socket: MeshSocket) => void },
): Promise<Node> {
  const host = network.simulation.host(name)
  const socket = new MeshSocket({
    ...{ transports: [network.transport(host)], listen: { host: name, port }, environment: host.environment },
    limits: { sendQueueSoftBytes, receiveQueueBytes },
  })
  socket.openChannel('layer', { onPeerUp: () => onNeighbor(socket), onDrain: () => onNeighbor(socket) })
  await socket.listen()
  return { name, host, socket, events: [] }
}

test('writable() resolves though the layer above fills the link again whenever it takes data', async () => {
  const network = createNetwork(11, { latencyMs: [5, 20] })
  const sendQueueSoftBytes = 500_000
  const fill = (socket: MeshSocket): void => {
    while (socket.send([network.simulation.random.bytes(20_000)], { flag: 'whisper' }) > 0);
  }
  const a = await startUnder(network, 'a', { sendQueueSoftBytes, onNeighbor: fill })
  const b = await startUnder(network, 'b', { sendQueueSoftBytes, onNeighbor: () => undefined })
  network.limitBandwidth(a.host, b.host, 1_000_000)
  await connect(network, a.socket, b.name)
  const messages = Array.from({ length: 10 }, (_, index) => network.simulation.random.bytes(50_000).fill(index, 0, 1))
  let isDone = false
  void sendAll(a, messages).then(() => (isDone = true))
  await runUntil(network, () => isDone, 30_000)
  expect(isDone).toBe(true)
  network.simulation.runFor(5000)
  expect(broadcastsIn(b)).toEqual([...messages.keys()])
  expect(b.socket.metrics().duplicatesReceived).toBeLessThanOrEqual(messages.length)
})

test('broadcasts that have become too old for a neighbor that missed them are reported as lost', async () => {
  const network = createNetwork(19)
  const nodes = await startTopology(network, ['a', 'slow'], [['slow', 'a']], {
    limits: { sendQueueSoftBytes: 100_000, repairMs: 5000, receiveQueueBytes },
  })
  const [a, slow] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'slow')]
  network.limitBandwidth(a.host, slow.host, 20_000)
  for (let index = 0; index < 8; index++) {
    a.socket.send([network.simulation.random.bytes(50_000)])
    network.simulation.runFor(1)
  }
  network.simulation.runFor(60_000)
  const missing = 8 - received(slow).length
  expect(missing).toBeGreaterThan(0)
  expect(a.socket.issues).toMatchObject([{ code: 'slow-neighbor', count: missing }])
})

test.each([
  ['two nodes', [['b', 'a']]],
  [
    'a triangle',
    [
      ['b', 'a'],
      ['c', 'a'],
      ['c', 'b'],
    ],
  ],
] as const)('as many broadcasts are reported as lost as did not arrive: %s', async (_, links) => {
  let missing = 0
  for (let seed = 1; seed <= 10; seed++) {
    const network = createNetwork(seed, { latencyMs: [1, 40] })
    const limits = { sendQueueSoftBytes: 100_000, repairBytesMax: 600_000, repairMs: 5000, receiveQueueBytes }
    const nodes = await startTopology(network, [...new Set(links.flat())], links, { limits })
    const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
    const { random } = network.simulation
    network.limitBandwidth(a.host, b.host, 30_000 + random.integer(0, 500_000))
    const neighbors = a.socket.routingTable?.size ?? 0
    let neighborMessagesLost = 0
    for (let index = 0; index < 80; index++) {
      a.socket.send([new Uint8Array([index]), drawn(random, 10_000 + random.integer(0, 25_000))])
      for (let count = random.chance(0.15) ? 4 : 0; count > 0; count--)
        if (a.socket.send([drawn(random, 30_000)], { flag: 'whisper', type: 'other' }) < neighbors)
          neighborMessagesLost += 1
      network.simulation.runFor(random.chance(0.1) ? random.integer(0, 5000) : 60)
    }
    network.simulation.runFor(60_000)
    a.socket.send([new Uint8Array([80])])
    network.simulation.runFor(1000)
    const lost = 81 - new Set(broadcastsIn(b)).size
    expect(lossesOf(a) - neighborMessagesLost, `seed ${seed}`).toBe(lost)
    missing += lost
  }
  expect(missing > 0).toBe(links.length === 1)
})

/** Random bytes, each by a draw of its own. */
function drawn(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(0, 255))
}
