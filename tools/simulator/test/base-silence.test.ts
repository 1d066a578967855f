import { HandshakeFailedError } from '@ts2p/base'
import type { Link } from '@ts2p/base'
import { expect, test } from 'vitest'
import {
  acceptance,
  addressOf,
  bytes,
  createNetwork,
  helloFrame,
  outcomeOf,
  port,
  proofFor,
} from './base-nodes.test-helper.ts'
import { settled, startNode, startPair, Stranger, startStranger } from './base-nodes.test-helper.ts'

test('a silent link is noticed within 45 s and a ping, and dialed again', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  anna.socket.addPersistentPeer(addressOf('bert'))
  network.simulation.runFor(100_000)
  network.partition([[anna.host], [bert.host]])
  const start = network.simulation.elapsedMs
  const isNoticed = (): boolean => anna.socket.connections.size + bert.socket.connections.size === 0
  expect(network.simulation.runUntil(isNoticed, 60_000)).toBe(true)
  expect(network.simulation.elapsedMs - start).toBeGreaterThan(29_000)
  expect(anna.events).toEqual(['link dialed', 'unlink PEER_LOST'])
  expect(bert.events).toEqual(['link accepted', 'unlink PEER_LOST'])
  network.heal()
  network.simulation.runFor(40_000)
  expect(anna.events.at(-1)).toBe('link dialed')
  expect(bert.socket.connections.size).toBe(1)
})

test('a link that idles for ten minutes, over a slow network, is not called dead', async () => {
  const network = createNetwork(1, { latencyMs: [1, 300] })
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  const dialed = anna.socket.dial(addressOf('bert'))
  network.simulation.runFor(5000)
  const connection = await dialed
  const writesBefore = network.writes
  network.simulation.runFor(600_000)
  expect([...anna.socket.connections.values()]).toEqual([connection])
  expect([anna.events, bert.events]).toEqual([['link dialed'], ['link accepted']])
  // A ping and its answer per quarter of a minute, and no more from both sides than twice that.
  expect(network.writes - writesBefore).toBeLessThanOrEqual((2 * 2 * 600) / 15)
})

test('a node that hears its peer pings it for its clock only, once in a quarter of a minute', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  const before = network.writes
  for (let second = 0; second < 60; second++) {
    anna.socket.send(bert.socket.identity.id, bytes('tick'))
    bert.socket.send(anna.socket.identity.id, bytes('tock'))
    network.simulation.runFor(1000)
  }
  const pings = network.writes - before - 120
  expect(pings).toBeGreaterThan(0)
  expect(pings).toBeLessThanOrEqual((2 * 2 * 60) / 15 + 4)
})

test('a stranger who says nothing is sent off after ten seconds', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert')
  network.simulation.runFor(9900)
  expect(stranger.endedAt).toBeUndefined()
  network.simulation.runFor(700)
  expect(stranger.endedAt).toBeDefined()
  expect(bert.events).toEqual([])
})

test('a stranger who says hello, but gives no decision, is sent off as well', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', helloFrame())
  network.simulation.runFor(1000)
  stranger.say('handshake', proofFor(stranger.theirHello))
  network.simulation.runFor(8900)
  expect(stranger.heard.map(({ kind }) => kind)).toEqual(['hello', 'proof', 'decision'])
  expect(stranger.endedAt).toBeUndefined()
  network.simulation.runFor(700)
  expect(stranger.endedAt).toBeDefined()
  expect(bert.socket.connections.size).toBe(0)
})

test('a stranger who shakes hands by hand is linked', async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const stranger = startStranger(network, network.simulation.host('stranger'), 'bert', helloFrame())
  network.simulation.runFor(1000)
  stranger.say('handshake', proofFor(stranger.theirHello))
  stranger.say('handshake', acceptance)
  stranger.say('whisper', bytes('hello'))
  network.simulation.runFor(1000)
  expect(bert.events).toEqual(['link accepted'])
  expect(bert.messages).toEqual(['hello'])
})

test('a dial that is answered by somebody who says nothing fails after ten seconds', async () => {
  const network = createNetwork(1)
  const [anna, host] = [await startNode(network, 'anna'), network.simulation.host('mute')]
  const accepted: Stranger[] = []
  await network.transport(host).listen?.('mute', port, (link: Link) => accepted.push(new Stranger(network, link)))
  const dialed = outcomeOf(anna.socket.dial(addressOf('mute')))
  network.simulation.runFor(9900)
  await settled()
  expect(dialed.isSettled).toBe(false)
  network.simulation.runFor(700)
  await settled()
  expect(dialed.error).toBeInstanceOf(HandshakeFailedError)
  expect(String(dialed.error)).toContain('No link with sim://mute:4444: the handshake took too long.')
  expect(accepted[0]?.endedAt).toBeDefined()
})

test('a dial that is answered by somebody who hangs up fails at once', async () => {
  const network = createNetwork(1)
  const [anna, host] = [await startNode(network, 'anna'), network.simulation.host('rude')]
  const hangUp = ({ link }: Stranger): void => void network.simulation.schedule(10, () => link.close())
  await network.transport(host).listen?.('rude', port, (link: Link) => hangUp(new Stranger(network, link)))
  const dialed = outcomeOf(anna.socket.dial(addressOf('rude')))
  network.simulation.runFor(100)
  await settled()
  expect(dialed.error).toMatchObject({ code: 'HANDSHAKE_FAILED', address: 'sim://rude:4444' })
  expect(String(dialed.error)).toContain('it hung up during the handshake')
})
