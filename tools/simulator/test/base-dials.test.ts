import { ArgumentError, ClosedError, UnreachableError } from '@ts2p/base'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { addressOf, bytes, createNetwork, createNode, dial, outcomeOf, settled } from './base-nodes.test-helper.ts'
import { startNode, startPair } from './base-nodes.test-helper.ts'

const times = scaled(200, 1000)

test(`two nodes that dial each other at once have exactly one link, ${times} times over`, async () => {
  for (let seed = 1; seed <= times; seed++) {
    const network = createNetwork(seed, { latencyMs: [1, 200] })
    const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
    const dialManager = [outcomeOf(anna.socket.dial(addressOf('bert'))), outcomeOf(bert.socket.dial(addressOf('anna')))]
    network.simulation.runFor(5000)
    await settled()
    for (const { socket, events } of [anna, bert]) {
      expect(socket.connections.size).toBe(1)
      expect(events.filter((event) => event.startsWith('link')).length).toBe(1)
      expect(events.some((event) => event.startsWith('unlink'))).toBe(false)
    }
    // It is the same link on both sides: one has dialed it, the other has accepted it, and bytes go through.
    const directions = [...anna.socket.connections.values(), ...bert.socket.connections.values()]
    expect(directions.map(({ direction }) => direction).toSorted()).toEqual(['accepted', 'dialed'])
    anna.socket.send(bert.socket.identity.id, bytes('to bert'))
    bert.socket.send(anna.socket.identity.id, bytes('to anna'))
    network.simulation.runFor(1000)
    expect([anna.messages, bert.messages]).toEqual([['to anna'], ['to bert']])
    // Whoever's dial was not kept is told that there is a link.
    expect(dialManager.filter(({ value }) => value).length).toBe(1)
    expect(dialManager.find(({ error }) => error)?.error).toMatchObject({ code: 'REFUSED_DUPLICATE_LINK' })
  }
})

test(`${times} claims of a linked node's id replace nothing: the link lives`, async () => {
  const network = createNetwork(1)
  const { anna, bert, connection } = await startPair(network)
  const impostor = createNode(network, 'impostor', { identity: bert.socket.identity })
  for (let claim = 0; claim < times; claim++) {
    const claimed = outcomeOf(impostor.socket.dial(addressOf('anna')))
    network.simulation.runFor(60)
    await settled()
    expect(claimed.error).toMatchObject({ code: 'REFUSED_DUPLICATE_LINK', refusedBy: 'them' })
  }
  network.simulation.runFor(60_000)
  expect([...anna.socket.connections.values()]).toEqual([connection])
  expect(anna.events.filter((event) => !event.startsWith('refused'))).toEqual(['link dialed'])
  expect(bert.events).toEqual(['link accepted'])
  anna.socket.send(bert.socket.identity.id, bytes('still you'))
  network.simulation.runFor(100)
  expect(bert.messages).toEqual(['still you'])
})

test('a node that comes back before its loss was noticed is refused at first, and is in after five seconds', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  network.partition([[anna.host], [bert.host]])
  const again = createNode(network, 'bert-again', { identity: bert.socket.identity })
  await expect(dial(network, again, 'anna')).rejects.toMatchObject({ code: 'REFUSED_DUPLICATE_LINK' })
  network.simulation.runFor(5500)
  expect(anna.events.at(-1)).toBe('unlink PEER_LOST')
  await dial(network, again, 'anna')
  expect(anna.events.at(-1)).toBe('link accepted')
})

test('dialing where nobody listens is an UnreachableError', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  const dialed = outcomeOf(dial(network, anna, 'nobody'))
  await settled()
  expect(dialed.error).toBeInstanceOf(UnreachableError)
  expect(dialed.error).toMatchObject({ code: 'UNREACHABLE', host: 'nobody' })
  expect(String(dialed.error)).toContain('Check that a node listens there')
})

test('dialing by a transport that there is not names those that there are', async () => {
  const anna = await startNode(createNetwork(1), 'anna')
  const dialed = anna.socket.dial({ ...addressOf('bert'), transport: 'pigeon' })
  await expect(dialed).rejects.toBeInstanceOf(ArgumentError)
  await expect(dialed).rejects.toThrow('transport must be one of sim, not "pigeon".')
})

test('a kept address is dialed until somebody answers, and anew whenever the link is lost', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  anna.socket.addPersistentPeer(addressOf('bert'))
  network.simulation.runFor(20_000)
  expect(anna.socket.persistentPeers()).toMatchObject([{ address: addressOf('bert'), isLinked: false }])
  expect(anna.socket.persistentPeers()[0]?.failures).toBeGreaterThan(3)
  const bert = await startNode(network, 'bert')
  network.simulation.runFor(31_000)
  expect(anna.socket.persistentPeers()).toMatchObject([{ address: addressOf('bert'), isLinked: true }])
  network.simulation.runFor(10_000)
  network.cut(bert.host)
  network.simulation.runFor(5000)
  expect(anna.socket.persistentPeers()).toMatchObject([{ failures: 0, isLinked: true }])
  expect(anna.events).toEqual(['link dialed', 'unlink', 'link dialed'])
  anna.socket.removePersistentPeer(addressOf('bert'))
  network.cut(bert.host)
  network.simulation.runFor(300_000)
  expect(anna.events).toEqual(['link dialed', 'unlink', 'link dialed', 'unlink'])
})

test('a kept address whose node has dialed us is left alone', async () => {
  const network = createNetwork(1)
  const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  await dial(network, bert, 'anna')
  anna.socket.addPersistentPeer(addressOf('bert'))
  network.simulation.runFor(300_000)
  expect(anna.events.filter((event) => event.startsWith('refused')).length).toBe(1)
  expect(anna.socket.persistentPeers()).toMatchObject([
    { address: addressOf('bert'), failures: 0, isProven: true, isLinked: true },
  ])
  expect(bert.socket.connections.size).toBe(1)
})

test('nothing can be begun on a closed socket', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  await anna.socket.close()
  await expect(anna.socket.dial(addressOf('bert'))).rejects.toBeInstanceOf(ClosedError)
  expect(() => anna.socket.addPersistentPeer(addressOf('bert'))).toThrow(ClosedError)
  await expect(anna.socket.listen()).rejects.toBeInstanceOf(ClosedError)
  expect(anna.socket.isClosed).toBe(true)
})
