import { ArgumentError, ClosedError, PeerLostError } from '@ts2p/base'
import type { NodeId } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { RequestTimeoutError } from '../src/errors.ts'
import { createNetwork, nodeIn, outcomeOf, received, settled, startChain, startNetwork } from './network.test-helper.ts'

test('sendTo() reaches a node that is no neighbor and never spoke, and nobody else', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c', 'd'])
  const [a, d] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'd').socket]
  const sent = outcomeOf(a.sendTo(d.id, ['for you'], { type: 'note' }))
  network.simulation.runFor(1000)
  await settled()
  expect(sent.error).toBeUndefined()
  const message = d.recv()
  expect([message?.type, message?.sender]).toEqual(['note', a.id])
  expect(['a', 'b', 'c'].map((name) => received(nodeIn(nodes, name)))).toEqual([[], [], []])
})

test('sendTo() a node that is nowhere is rejected with a PeerLostError', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const gone = nodeIn(nodes, 'c')
  network.crash(gone.host)
  const sent = outcomeOf(nodeIn(nodes, 'a').socket.sendTo(gone.socket.id, ['anyone?']))
  network.simulation.runFor(11_000)
  await settled()
  expect(sent.error).toBeInstanceOf(PeerLostError)
})

test('a question for a route, and its answer, are no broadcasts: they count as control messages', async () => {
  const network = createNetwork(3)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const sockets = ['a', 'b', 'c'].map((name) => nodeIn(nodes, name).socket)
  const [a, , c] = sockets
  const controlBefore = a?.metrics().controlSent ?? 0
  const sent = a?.sendTo(c?.id ?? a.id, ['for you'], { type: 'note' })
  network.simulation.runFor(1000)
  await sent
  expect(a?.metrics().routeQuestionsSent).toBe(1)
  expect(a?.metrics().controlSent).toBeGreaterThan(controlBefore)
  for (const socket of sockets) {
    expect(socket.metrics()).toMatchObject({ messagesSent: 0, messagesReceived: 0, duplicatesReceived: 0 })
  }
})

test('questions of inspectors, and their answers, are in the metrics neither of their ends nor of relays', async () => {
  const network = createNetwork(4)
  const nodes = await startChain(network, ['a', 'b', 'c', 'd'])
  const sockets = ['a', 'b', 'c', 'd'].map((name) => nodeIn(nodes, name).socket)
  const [a, d] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'd').socket]
  const answer = new Uint8Array(5000).map((_, index) => (index * index) % 251)
  d.registerHandler((message) => {
    void message.reply([answer])
    return true
  })
  const bytes = (): number =>
    sockets.reduce((sum, socket) => sum + socket.metrics().bytesSent + socket.metrics().bytesReceived, 0)
  const ask = async (type: string): Promise<number> => {
    const before = bytes()
    for (let count = 0; count < 20; count += 1) {
      const outcome = outcomeOf(a.request(d.id, ['?'], { type }))
      network.simulation.runFor(1000)
      await settled()
      expect(outcome.value?.packets[1]).toEqual(answer)
    }
    return bytes() - before
  }
  await ask('learns the route')
  const sentBefore = a.metrics().directSent
  // What is left are keepalives, and the acknowledgments of the answers.
  const asked = await ask('ts2p/inspect/links')
  expect(a.metrics().directSent).toBe(sentBefore)
  const byApplication = await ask('question')
  expect(a.metrics().directSent).toBe(sentBefore + 20)
  expect(asked).toBeLessThan(byApplication / 4)
})

test('request() resolves with the answer, and the answer is in no inbox', async () => {
  const network = createNetwork(2)
  const nodes = await startNetwork(network, 20)
  const [asker, asked] = [nodes[1], nodes[19]]
  if (!asker || !asked) throw new Error('20 nodes were asked for.')
  asked.socket.registerHandler((message) => {
    if (message.type !== 'request') return false
    void message.reply(['42'])
    return true
  })
  const answer = outcomeOf(asker.socket.request(asked.socket.id, ['how much?']))
  network.simulation.runFor(3000)
  await settled()
  expect(answer.value?.packets.slice(1).map((packet) => new TextDecoder().decode(packet))).toEqual(['42'])
  expect(answer.value?.sender).toBe(asked.socket.id)
  expect(received(asker)).toEqual([])
})

test('many requests to one node get each its own answer, in whichever order', async () => {
  const network = createNetwork(3)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const [a, c] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'c').socket]
  const answers = ['one', 'two', 'three'].map((text) => outcomeOf(a.request(c.id, [text])))
  network.simulation.runFor(500)
  for (const message of c.recv(3).toReversed())
    void message.reply([`to ${message.packets.slice(1).map(String).join()}`])
  network.simulation.runFor(500)
  await settled()
  const texts = answers.map(({ value }) => value && String(value.packets[1]))
  const sent = ['one', 'two', 'three'].map((text) =>
    String(new TextEncoder().encode(`to ${[...new TextEncoder().encode(text)].join()}`)),
  )
  expect(texts).toEqual(sent)
})

test('a request that nobody answers ends with a RequestTimeoutError, though it was received', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a'), nodeIn(nodes, 'b')]
  const answer = outcomeOf(a.socket.request(b.socket.id, ['hello?'], { timeoutMs: 500 }))
  network.simulation.runFor(600)
  await settled()
  expect(answer.error).toBeInstanceOf(RequestTimeoutError)
  expect(received(b)).toEqual(['hello?'])
  // Too late: it is a message like any other now.
  void b.socket.close()
})

test('what is no id of a node, and no time, is refused with an ArgumentError; after close() with a ClosedError', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b'])
  const [a, b] = [nodeIn(nodes, 'a').socket, nodeIn(nodes, 'b').socket]
  for (const id of ['', 'nobody', '1'.repeat(1_000_000)]) {
    await expect(a.sendTo(id as NodeId, ['x'])).rejects.toThrow(ArgumentError)
    await expect(a.request(id as NodeId, ['x'])).rejects.toThrow(ArgumentError)
  }
  for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31]) {
    await expect(a.request(b.id, ['x'], { timeoutMs })).rejects.toThrow(ArgumentError)
  }
  const open = a.request(b.id, ['x']).catch((error: unknown) => error)
  const closed = a.close()
  network.simulation.runFor(1000)
  await closed
  expect(await open).toBeInstanceOf(ClosedError)
  await expect(a.sendTo(b.id, ['x'])).rejects.toThrow(ClosedError)
})
