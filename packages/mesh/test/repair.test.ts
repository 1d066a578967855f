import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  nodeIn,
  received,
  startNetwork,
  startNode,
  startTopology,
} from './network.test-helper.ts'

test('a node that was cut off for 20 s gets the messages that it missed, once, and in between sees nothing twice', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const network = createNetwork(seed)
    const nodes = await startNetwork(network, 6)
    const [a, gone] = [nodes[0], nodes[5]]
    if (!a || !gone) throw new Error('Six nodes were asked for.')
    a.socket.send(['before'])
    network.simulation.runFor(1000)
    network.partition([nodes.slice(0, 5).map(({ host }) => host), [gone.host]])
    network.cut(gone.host)
    for (const word of ['one', 'two', 'three']) {
      network.simulation.runFor(6000)
      a.socket.send([word])
    }
    network.simulation.runFor(2000)
    network.heal()
    network.simulation.runFor(40_000)
    expect(received(gone).toSorted()).toEqual(['before', 'one', 'three', 'two'])
    expect(nodes.slice(1, 5).map((node) => received(node).length)).toEqual([4, 4, 4, 4])
  }
})

test('an inbound peer gets no messages of the time before it came', async () => {
  const network = createNetwork(1)
  const nodes = await startNetwork(network, 4)
  nodes[1]?.socket.send(['old'])
  network.simulation.runFor(5000)
  const late = await startNode(network, 'late')
  await connect(network, late.socket, nodes[0]?.name ?? '')
  nodes[1]?.socket.send(['new'])
  network.simulation.runFor(60_000)
  expect(received(late)).toEqual(['new'])
})

test('a message that one node got late, by repair, does not come again to a node that has had it for long', async () => {
  const network = createNetwork(3)
  const links = [
    ['a', 'b'],
    ['away', 'b'],
  ] as const
  const nodes = await startTopology(network, ['b', 'a', 'away'], links, { limits: { repairMs: 20_000 } })
  const [a, b, away] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'away')]
  network.partition([[a.host, b.host], [away.host]])
  network.cut(away.host)
  b.socket.send(['once'])
  network.simulation.runFor(12_000)
  expect(received(a)).toEqual(['once'])
  network.heal()
  await connect(network, away.socket, b.name)
  // Then neither a nor b has the message to give away any more, but away has, and tells a of it.
  network.simulation.runFor(9000)
  expect(received(away)).toEqual(['once'])
  const { duplicatesReceived } = a.socket.metrics()
  await connect(network, away.socket, a.name)
  network.simulation.runFor(5000)
  expect(received(a)).toEqual([])
  expect(a.socket.metrics().duplicatesReceived).toBe(duplicatesReceived)
})

test('whoever has joined gets what is sent from that moment on, though its neighbor does not know yet that it has', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const network = createNetwork(seed, { latencyMs: [1, 50] })
    const [anna] = await startNetwork(network, 2)
    const [bert, cleo] = [await startNode(network, 'bert'), await startNode(network, 'cleo')]
    if (!anna) throw new Error('Two nodes were asked for.')
    await connect(network, bert.socket, anna.name)
    cleo.socket.on('connect', () => bert.socket.send(['welcome']))
    await connect(network, cleo.socket, anna.name)
    network.simulation.runFor(2000)
    expect(received(cleo), `seed ${seed}`).toEqual(['welcome'])
  }
})

test('a node that missed megabytes gets them once, in pieces, though seven neighbors have them', async () => {
  const network = createNetwork(5)
  const nodes = await startNetwork(network, 8, { limits: { receiveQueueBytes: 8 * 1024 * 1024 } })
  const [a, gone] = [nodes[0], nodes[7]]
  if (!a || !gone) throw new Error('Eight nodes were asked for.')
  a.socket.send(['before'])
  network.simulation.runFor(1000)
  // The first message of a node goes by every link.
  const { duplicatesReceived } = gone.socket.metrics()
  network.partition([nodes.slice(0, 7).map(({ host }) => host), [gone.host]])
  network.cut(gone.host)
  network.simulation.runFor(2000)
  const texts = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(50_000)}`)
  for (const text of texts) {
    a.socket.send([text])
    network.simulation.runFor(20)
  }
  network.heal()
  network.simulation.runFor(40_000)
  const heard = received(gone).map((text) => text.split(' ')[0])
  expect(new Set(heard)).toEqual(new Set(['before', ...texts.keys()].map(String)))
  expect(heard.length).toBe(texts.length + 1)
  expect(gone.socket.metrics().duplicatesReceived).toBe(duplicatesReceived)
})
