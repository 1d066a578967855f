import type { BaseHandler } from '@ts2p/base'
import { OutgoingEnvelope } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { addressOf, bytes, createNetwork, createNode, startNode, startPair } from './base-nodes.test-helper.ts'

const limits = { sendQueueSoftBytes: 100_000, sendQueueHardBytes: 300_000 }
/** What the simulated network takes off a sender's hands while the receiver reads nothing. */
const windowBytes = 65_536

test('above the soft limit a connection is congested until the other side reads; nothing is lost', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const writable: number[] = []
  const nothing = (): void => undefined
  const handler: BaseHandler = {
    onLink: nothing,
    onUnlink: nothing,
    onMessage: nothing,
    onWritable: () => writable.push(network.simulation.elapsedMs),
    onRefused: nothing,
    onDialFailed: nothing,
    onMaintenance: nothing,
    peerHints: () => [],
  }
  const anna = createNode(network, 'anna', { limits }, handler)
  const dialed = anna.socket.dial(addressOf('bert'))
  network.simulation.runFor(1000)
  const connection = await dialed
  let lengths = 0
  bert.socket.on('message', (_, payload) => (lengths += payload.length))
  network.stall(bert.host, true)
  let sent = 0
  while (!connection.isCongested) {
    const payload = anna.host.environment.randomBytes(10_000)
    connection.send(new OutgoingEnvelope('whisper', payload))
    sent += payload.length
    network.simulation.runFor(10)
  }
  expect(sent).toBeGreaterThanOrEqual(limits.sendQueueSoftBytes + windowBytes - 10_000)
  expect(connection.queuedBytes).toBeGreaterThan(limits.sendQueueSoftBytes)
  expect([lengths, writable]).toEqual([0, []])
  network.stall(bert.host, false)
  network.simulation.runFor(1000)
  expect(connection.isCongested).toBe(false)
  expect(lengths).toBe(sent)
  expect(writable.length).toBe(1)
})

test.each(['stalled', 'without a turn to send'])(
  'above the hard limit a peer is given up as too slow: %s',
  async (how) => {
    const network = createNetwork(1)
    const { anna, bert, connection } = await startPair(network, { limits })
    if (how === 'stalled') network.stall(bert.host, true)
    const reasons: (Error | undefined)[] = []
    anna.socket.on('unlink', (_, error) => reasons.push(error))
    for (let count = 0; count < 100; count++) {
      anna.socket.send(bert.socket.identity.id, anna.host.environment.randomBytes(10_000))
      if (how === 'stalled') network.simulation.runFor(10)
    }
    expect(connection.queuedBytes).toBeLessThanOrEqual(limits.sendQueueHardBytes + 11_000)
    network.simulation.runFor(100)
    expect(reasons).toMatchObject([
      { code: 'PEER_LOST', message: expect.stringContaining('beyond sendQueueHardBytes') },
    ])
    expect(anna.socket.connections.size).toBe(0)
    expect(anna.socket.send(bert.socket.identity.id, bytes('more'))).toBe(false)
  },
)

test('a broadcast of messages is read no faster than the rate, and nothing of it is lost', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  for (let index = 0; index < 30_000; index++) anna.socket.send(bert.socket.identity.id, bytes(`${index}`))
  network.simulation.runFor(500)
  // Ten seconds' worth at once, and then 2000 a second.
  expect(bert.messages.length).toBeGreaterThanOrEqual(19_990)
  expect(bert.messages.length).toBeLessThanOrEqual(21_000)
  network.simulation.runFor(2000)
  expect(bert.messages.length).toBeLessThanOrEqual(25_000)
  network.simulation.runFor(5000)
  expect(bert.messages).toEqual(Array.from({ length: 30_000 }, (_, index) => `${index}`))
  expect([anna.events, bert.events]).toEqual([['link dialed'], ['link accepted']])
})

test('a broadcast of bytes is read no faster than the rate, and the sender waits rather than being given up', async () => {
  const network = createNetwork(1)
  const slow = { bytesPerSecond: 10_000, burstSeconds: 2 }
  const { anna, bert } = await startPair(network, { limits: slow })
  let lengths = 0
  bert.socket.on('message', (_, payload) => (lengths += payload.length))
  const send = (): void => void anna.socket.send(bert.socket.identity.id, anna.host.environment.randomBytes(1000))
  for (let count = 0; count < 1000; count++) send()
  network.simulation.runFor(60_000)
  expect(lengths).toBeGreaterThan(500_000)
  expect(lengths).toBeLessThan(640_000)
  network.simulation.runFor(60_000)
  expect(lengths).toBe(1_000_000)
  expect([anna.events, bert.events]).toEqual([['link dialed'], ['link accepted']])
})
