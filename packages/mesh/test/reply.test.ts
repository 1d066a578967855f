import { expect, test } from 'vitest'
import { PeerLostError } from '@ts2p/base'
import { MessageTooLargeError } from '../src/errors.ts'
import {
  connect,
  createNetwork,
  nodeIn,
  outcomeOf,
  received,
  settled,
  startChain,
  startTopology,
} from './network.test-helper.ts'

const six = ['a', 'b', 'c', 'd', 'e', 'f']

test('a reply reaches a sender that is not a neighbor, and nobody else', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, six)
  nodeIn(nodes, 'a').socket.send(['question'])
  network.simulation.runFor(1000)
  const question = nodeIn(nodes, 'f').socket.recv()
  const reply = question?.reply(['answer'])
  network.simulation.runFor(100)
  await reply
  const answer = nodeIn(nodes, 'a').socket.recv()
  expect(answer).toMatchObject({ sender: nodeIn(nodes, 'f').socket.id, type: 'whisper' })
  expect(['b', 'c', 'd', 'e'].map((name) => received(nodeIn(nodes, name)))).toEqual([
    ['question'],
    ['question'],
    ['question'],
    ['question'],
  ])
  const back = answer?.reply(['thanks'])
  network.simulation.runFor(100)
  await back
  expect(received(nodeIn(nodes, 'f'))).toEqual(['thanks'])
})

test('a reply finds another way when the first is broken', async () => {
  const network = createNetwork(2)
  const nodes = await startChain(network, six)
  nodeIn(nodes, 'a').socket.send(['question'])
  network.simulation.runFor(1000)
  const question = nodeIn(nodes, 'f').socket.recv()
  network.crash(nodeIn(nodes, 'c').host)
  network.simulation.runFor(1000)
  await connect(network, nodeIn(nodes, 'd').socket, nodeIn(nodes, 'b').name)
  const reply = outcomeOf(question?.reply(['answer']) ?? Promise.reject(new Error('no question')))
  network.simulation.runFor(9000)
  await settled()
  expect(reply.error).toBeUndefined()
  expect(received(nodeIn(nodes, 'a'))).toEqual(['answer'])
})

test('a reply reaches its sender once, though every write may come twice', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const network = createNetwork(seed)
    const nodes = await startChain(network, six)
    network.faults = { latencyMs: [1, 300], loss: 0, duplication: 0.7, reordering: 0.3 }
    nodeIn(nodes, 'a').socket.send(['question'])
    network.simulation.runFor(5000)
    const reply = nodeIn(nodes, 'f').socket.recv()?.reply(['answer'])
    network.simulation.runFor(12_000)
    await reply
    expect(received(nodeIn(nodes, 'a'))).toEqual(['answer'])
  }
})

test('a reply outlasts the loss of messages', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const network = createNetwork(seed)
    const nodes = await startChain(network, ['a', 'b', 'c'])
    nodeIn(nodes, 'a').socket.send(['question'])
    network.simulation.runFor(1000)
    network.faults = { latencyMs: [1, 5], loss: 0.1, duplication: 0, reordering: 0 }
    const reply = nodeIn(nodes, 'c').socket.recv()?.reply(['answer'])
    network.simulation.runFor(12_000)
    await reply
    expect(received(nodeIn(nodes, 'a'))).toEqual(['answer'])
  }
})

test('a reply to a node that is gone is rejected with a PeerLostError', async () => {
  const network = createNetwork(1)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const a = nodeIn(nodes, 'a')
  a.socket.send(['question'])
  network.simulation.runFor(1000)
  network.crash(a.host)
  const reply = outcomeOf(nodeIn(nodes, 'c').socket.recv()?.reply(['answer']) ?? Promise.resolve())
  network.simulation.runFor(12_000)
  await settled()
  expect(reply.error).toBeInstanceOf(PeerLostError)
  expect(reply.error).toMatchObject({ code: 'PEER_LOST', reason: 'unreachable', peerId: a.socket.id })
})

test('a reply that is too long for a frame is refused, and no link is lost', async () => {
  const network = createNetwork(1)
  const nodes = await startTopology(network, ['a', 'b'], [['a', 'b']])
  nodeIn(nodes, 'a').socket.send(['question'])
  network.simulation.runFor(1000)
  const question = nodeIn(nodes, 'b').socket.recv()
  await expect(question?.reply([new Uint8Array(2 ** 21)])).rejects.toBeInstanceOf(MessageTooLargeError)
  network.simulation.runFor(1000)
  expect(nodeIn(nodes, 'b').socket.routingTable?.size).toBe(1)
})
