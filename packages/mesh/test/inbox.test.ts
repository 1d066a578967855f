import { expect, test } from 'vitest'
import {
  connect,
  createNetwork,
  nodeIn,
  received,
  settled,
  startChain,
  startNetwork,
  startNode,
  textOf,
} from './network.test-helper.ts'

test('recv() takes the oldest message or gives undefined; recv(n) an array of up to n', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'b').socket]
  expect(b.recv()).toBeUndefined()
  expect(b.recv(3)).toEqual([])
  for (const word of ['one', 'two', 'three', 'four']) a.send([word])
  network.simulation.runFor(100)
  expect(b.recv()?.packets.length).toBe(2)
  expect(b.recv(2).map(textOf)).toEqual(['two', 'three'])
  expect(b.recv(10).map(textOf)).toEqual(['four'])
  expect(b.recv()).toBeUndefined()
})

test('when nobody takes them, the oldest messages go, and an issue says so', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'], { limits: { receiveQueueBytes: 20_000 } })
  const [a, b] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'b')]
  for (let index = 0; index < 50; index++) a.send([`${index}`, 'x'.repeat(1000)])
  network.simulation.runFor(100)
  const left = received(b).map((text) => Number(text.split(' ')[0]))
  expect(left.length).toBeLessThan(20)
  expect(left).toEqual(Array.from({ length: left.length }, (_, index) => 50 - left.length + index))
  expect(b.socket.issues).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/A message was dropped.*call recv\(\)/) }),
  ])
})

test('handlers see a message in order; one that returns true takes it', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const seen: string[] = []
  b.socket.registerHandler((message, connection) => {
    seen.push(`first ${textOf(message)} by ${connection?.id === a.socket.id ? 'a' : 'another'}`)
    return undefined
  })
  b.socket.registerHandler((message) => {
    seen.push(`second ${textOf(message)}`)
    return message.type === 'mine'
  })
  b.socket.registerHandler((message) => void seen.push(`third ${textOf(message)}`))
  a.socket.send(['one'], { type: 'mine' })
  a.socket.send(['two'])
  network.simulation.runFor(100)
  expect(seen).toEqual(['first one by a', 'second one', 'first two by a', 'second two', 'third two'])
  expect(received(b)).toEqual(['two'])
  expect(b.events).toEqual(['connect', 'message'])
})

test('registerHandler returns what removes the handler, and this node knows whether it is connected', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const seen: string[] = []
  const handler = (message: Parameters<typeof textOf>[0]): boolean => seen.push(textOf(message)) > 0
  // The same function twice: each call removes one of the two.
  const [removeFirst, removeSecond] = [b.socket.registerHandler(handler), b.socket.registerHandler(handler)]
  removeFirst()
  removeFirst()
  a.socket.send(['one'])
  network.simulation.runFor(100)
  removeSecond()
  a.socket.send(['two'])
  network.simulation.runFor(100)
  expect([seen, received(b)]).toEqual([['one'], ['two']])
  expect([a.socket.isConnected, b.socket.isConnected]).toEqual([true, true])
  const alone = await startNode(network, 'alone')
  expect(alone.socket.isConnected).toBe(false)
})

test('a handler or listener that throws or rejects is isolated: the next ones see the message, issues count', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, b, c] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b'), nodeIn(nodes, 'c')]
  b.socket.registerHandler(() => {
    throw new Error('thrown')
  })
  // What a handler of a caller without types may do.
  const rejecting: () => undefined = () => Promise.reject(new Error('rejected')) as unknown as undefined
  b.socket.registerHandler(rejecting)
  b.socket.on('message', () => {
    throw new Error('a listener')
  })
  a.socket.send(['hello'])
  network.simulation.runFor(100)
  await settled()
  expect([b, c].map(received)).toEqual([['hello'], ['hello']])
  expect(b.socket.issues).toEqual([
    expect.objectContaining({
      code: 'handler-failed',
      message: 'A message handler of the application failed: Error: rejected',
      count: 2,
    }),
    expect.objectContaining({
      code: 'listener-failed',
      message: 'A listener of the application failed: Error: a listener',
      count: 1,
    }),
  ])
  expect(b.socket.routingTable?.size).toBe(2)
})

test('10,000 throws over 8 nodes: no link is lost', async () => {
  const network = createNetwork(8)
  const nodes = await startNetwork(network, 8)
  let throws = 0
  for (const { socket } of nodes) {
    socket.registerHandler(() => {
      throws += 1
      throw new Error('on purpose')
    })
  }
  const links = nodes.map(({ socket }) => socket.routingTable?.size)
  for (let round = 0; round < 180; round++) {
    for (const { socket } of nodes) socket.send(['boom'])
    network.simulation.runFor(20)
    for (const { socket } of nodes) socket.recv(100)
  }
  expect(throws).toBeGreaterThanOrEqual(10_000)
  expect(nodes.map(({ socket }) => socket.routingTable?.size)).toEqual(links)
  for (const { events } of nodes) expect(events).not.toContain('disconnect')
})

test('a listener may take off itself and others, close the socket, or send, in the middle of an event', async () => {
  const network = createNetwork(1)
  const [a, b] = [await startNode(network, 'a'), await startNode(network, 'b')]
  await connect(network, a.socket, b.name)
  b.socket.once('message', () => b.socket.send(['answer']))
  a.socket.once('message', () => void a.socket.close())
  a.socket.send(['question'])
  network.simulation.runFor(1000)
  await settled()
  network.simulation.runFor(1000)
  expect(b.socket.routingTable).toBeUndefined()
})
