import type { MeshSocket } from '../src/mesh-socket.ts'
import {
  encodeIHave,
  encodeIWant,
  hashFromNodeId,
  identityFromSeed,
  nodeIdFromKey,
  OutgoingEnvelope,
} from '@ts2p/protocol'
import type { SequenceRange } from '@ts2p/protocol'
import { quickSignatures, signedBroadcast } from '@ts2p/simulator'
import type { SimulatedNetwork } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { startLiar } from './liar.test-helper.ts'
import type { Liar } from './liar.test-helper.ts'
import {
  createNetwork,
  meshSubnet,
  nodeIn,
  received,
  settled,
  startChain,
  startNetwork,
} from './network.test-helper.ts'
import type { Node } from './network.test-helper.ts'

/** Three nodes; the first has sent 500 broadcasts and has a link with a liar. */
async function start(): Promise<{ network: SimulatedNetwork; nodes: readonly Node[]; victim: Node; liar: Liar }> {
  const network = createNetwork(1)
  const nodes = await startNetwork(network, 3)
  const [victim] = nodes
  if (!victim) throw new Error('Three nodes were asked for.')
  for (let count = 0; count < 500; count += 1) {
    victim.socket.send(['old'])
    network.simulation.runFor(1)
  }
  const liar = await startLiar(network, 'n0')
  for (const node of nodes) received(node)
  return { network, nodes, victim, liar }
}

/** Sends frames, and broadcasts meanwhile. @returns how many of the frames the victim has read within a second */
async function attack(
  { network, nodes, victim, liar }: Awaited<ReturnType<typeof start>>,
  frames: readonly OutgoingEnvelope[],
): Promise<number> {
  const before = victim.socket.metrics().controlReceived
  for (const frame of frames) liar.connection.send(frame)
  for (const { name, socket } of nodes) socket.send([`by ${name}`])
  network.simulation.runFor(1000)
  await settled()
  // Each node has heard of the others, and is linked with them: the victim with the liar as well.
  for (const node of nodes) {
    const others = nodes.filter(({ name }) => name !== node.name)
    expect(new Set(received(node))).toEqual(new Set(others.map(({ name }) => `by ${name}`)))
    expect(others.every(({ socket }) => node.socket.routingTable?.has(socket.id))).toBe(true)
  }
  expect(victim.socket.routingTable?.has(liar.identity.id)).toBe(true)
  return victim.socket.metrics().controlReceived - before
}

/** A broadcast of ranges, each of another sequence. */
function rangesOf(
  source: (index: number) => Uint8Array,
  epoch: number,
  first: (index: number) => number,
): SequenceRange[] {
  return Array.from({ length: 4096 }, (_, index) => {
    const sequence = first(index)
    return { source: source(index), epoch, first: sequence, last: sequence, hops: 1, ageMs: 1 }
  })
}

test('100 requests for 4,096 ranges: read slowly, all of them, and the links stay', async () => {
  const started = await start()
  const { network, victim, liar } = started
  const own = liar.announced.find(({ source }) => nodeIdFromKey(source) === victim.socket.id)
  if (!own) throw new Error('The victim has announced its broadcasts.')
  const ranges = rangesOf(
    () => own.source,
    own.epoch,
    (index) => (index % 500) + 1,
  )
  const payload = encodeIWant({ ranges: ranges, ageMsMax: 2 ** 32 - 1, isEverything: false })
  const frames = Array.from({ length: 100 }, () => new OutgoingEnvelope('resend', payload))
  const before = victim.socket.metrics().controlReceived
  const read = await attack(started, frames)
  // 0.5 s of work in a burst, at 17 ms a frame.
  expect(read).toBeGreaterThan(20)
  expect(read).toBeLessThan(60)
  network.simulation.runFor(40_000)
  expect(victim.socket.metrics().controlReceived - before).toBeGreaterThanOrEqual(100)
  expect(victim.socket.routingTable?.has(liar.identity.id)).toBe(true)
})

test('announcements of 4,096 invented sources: few are read at once, and one in several seconds after that', async () => {
  const started = await start()
  const { random } = started.network.simulation
  const frames = Array.from({ length: 40 }, () => {
    const ranges = rangesOf(
      () => random.bytes(32),
      1,
      () => 1,
    )
    return new OutgoingEnvelope('notify', encodeIHave(ranges))
  })
  expect(await attack(started, frames)).toBeLessThan(12)
})

test('payloads that shrink as far as a receiver takes them: read slowly, all of them', async () => {
  const started = await start()
  const { network, victim, liar } = started
  // An unknown field, which receivers skip.
  const filling = new Uint8Array(1_000_000)
  filling.set(network.simulation.random.bytes(10_000), 900_000)
  const payload = Uint8Array.from([0x7a, 0xc0, 0x84, 0x3d, ...filling])
  const frames = Array.from({ length: 100 }, () => new OutgoingEnvelope('prune', payload))
  expect(frames[0]?.frame(true).length).toBeLessThan(20_000)
  const before = victim.socket.metrics().controlReceived
  const read = await attack(started, frames)
  // At 14 ms a frame.
  expect(read).toBeGreaterThan(20)
  expect(read).toBeLessThan(75)
  network.simulation.runFor(40_000)
  expect(victim.socket.metrics().controlReceived - before).toBeGreaterThanOrEqual(100)
  expect(victim.socket.routingTable?.has(liar.identity.id)).toBe(true)
})

/** Counts the broadcasts by which a node answers questions for its route. */
function countAnswers(socket: MeshSocket): () => number {
  let count = 0
  socket.observeDeliveries(({ flag, from }) => {
    if (flag === 'response' && from === undefined) count += 1
  })
  return () => count
}

/** A question for the route to a node, by an invented source. */
function questionOf({ simulation }: SimulatedNetwork, content: Uint8Array): OutgoingEnvelope {
  const source = identityFromSeed(simulation.random.bytes(32), quickSignatures)
  const header = { flag: 'request', epoch: 1, sequence: 1, time: simulation.now, content } as const
  return new OutgoingEnvelope('request', signedBroadcast(source, meshSubnet.hash, header))
}

test('1,000 questions for the route to a node in a burst are answered by two broadcasts, and an honest one is answered', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'c')]
  const { connection } = await startLiar(network, 'b')
  const payload = hashFromNodeId(c.socket.id)
  const answers = countAnswers(c.socket)
  for (let count = 0; count < 1000; count += 1) {
    connection.send(questionOf(network, payload))
  }
  network.simulation.runFor(90)
  expect(answers()).toBe(1)
  const sent = a.socket.sendTo(c.socket.id, ['question'])
  network.simulation.runFor(110)
  expect(answers()).toBe(2)
  network.simulation.runFor(1000)
  await sent
  expect(received(c)).toEqual(['question'])
  expect(answers()).toBeLessThanOrEqual(3)
})

test('a route question that comes between two answers gets one 100 ms after the last, and no more follow', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const b = nodeIn(nodes, 'b')
  const { connection } = await startLiar(network, 'b')
  const ask = (): void => {
    connection.send(questionOf(network, hashFromNodeId(b.socket.id)))
  }
  const countOfB = countAnswers(b.socket)
  const answers: number[] = []
  for (const [index, pause] of [50, 100, 20, 20, 200, 500].entries()) {
    if (index < 4) ask()
    network.simulation.runFor(pause)
    answers.push(countOfB())
  }
  expect(answers).toEqual([1, 2, 2, 2, 3, 3])
})
