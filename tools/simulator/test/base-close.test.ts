import { AddressInUseError, ArgumentError, ClosedError } from '@ts2p/base'
import { expect, test } from 'vitest'
import { addressOf, bytes, createNetwork, createNode, outcomeOf, port, settled } from './base-nodes.test-helper.ts'
import { dial, startNode, startPair, startStranger } from './base-nodes.test-helper.ts'
import type { Node } from './base-nodes.test-helper.ts'

/** Runs until what is under way has ended, ends all other hosts, and shows that nothing of this one runs any more. */
async function expectSilence(
  network: ReturnType<typeof createNetwork>,
  { host, socket, events }: Node,
  others: Node[],
) {
  for (const other of others) network.crash(other.host)
  const told = [...events]
  network.simulation.runFor(15_000)
  await settled()
  const before = network.simulation.events
  network.simulation.runFor(120_000)
  expect(network.simulation.events - before).toBe(0)
  expect(events).toEqual(told)
  expect(socket.connections.size).toBe(0)
  expect(host.isDown).toBe(false)
}

test('close() sends what is queued, then ends the links, and tells both sides', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  for (let index = 0; index < 1000; index++) anna.socket.send(bert.socket.identity.id, bytes(`${index}`))
  const closed = outcomeOf(anna.socket.close())
  await settled()
  network.simulation.runFor(1000)
  await settled()
  expect(closed.isSettled).toBe(true)
  expect(bert.messages.length).toBe(1000)
  expect([anna.events, bert.events]).toEqual([
    ['link dialed', 'unlink'],
    ['link accepted', 'unlink'],
  ])
  await expectSilence(network, anna, [bert])
})

test('close() before anything, and twice, is one close', async () => {
  const network = createNetwork(1)
  const anna = createNode(network, 'anna')
  expect(anna.socket.close()).toBe(anna.socket.close())
  await anna.socket.close()
  await anna.socket[Symbol.asyncDispose]()
  await expectSilence(network, anna, [])
})

test("close() tells 'close' and the layer above once; the links live on until the layer is done, and nothing else begins", async () => {
  const network = createNetwork(1)
  const bert = await startNode(network, 'bert')
  const heard: string[] = []
  let done = (): void => undefined
  const drained = new Promise<void>((resolve) => (done = resolve))
  const nothing = (): void => undefined
  const anna = createNode(
    network,
    'anna',
    {},
    {
      ...{ onLink: nothing, onUnlink: nothing, onMessage: nothing, onWritable: nothing, onRefused: nothing },
      ...{ onDialFailed: nothing, onMaintenance: nothing, peerHints: () => [] },
      onClose: () => {
        heard.push('layer')
        return drained
      },
    },
  )
  anna.socket.on('close', () => heard.push('event'))
  await dial(network, anna, 'bert')
  const silent = network.simulation.host('silent')
  await network.transport(silent).listen?.('silent', port, nothing)
  const dialing = outcomeOf(anna.socket.dial(addressOf('silent')))
  network.simulation.runFor(100)
  const closed = outcomeOf(anna.socket.close())
  expect([heard, anna.socket.isClosed]).toEqual([['layer', 'event'], true])
  await settled()
  expect(dialing.error).toBeInstanceOf(ClosedError)
  await expect(anna.socket.listen()).rejects.toThrow(ClosedError)
  anna.socket.send(bert.socket.identity.id, bytes('the last words'))
  network.simulation.runFor(5000)
  await settled()
  expect([closed.isSettled, bert.messages, bert.events]).toEqual([false, ['the last words'], ['link accepted']])
  done()
  await settled()
  network.simulation.runFor(1000)
  await settled()
  expect([closed.isSettled, heard, bert.events]).toEqual([true, ['layer', 'event'], ['link accepted', 'unlink']])
  await expectSilence(network, anna, [bert])
})

test('close() while listen() is under way: both end, and the port is free', async () => {
  const network = createNetwork(1)
  const anna = createNode(network, 'anna')
  const listening = outcomeOf(anna.socket.listen())
  await anna.socket.close()
  await settled()
  expect(listening.isSettled).toBe(true)
  expect(anna.socket.addresses).toEqual([])
  await expectSilence(network, anna, [])
  await startNode(network, 'again', { host: anna.host, listen: [{ host: 'anna', port }] })
})

test('close() at any moment of a dial ends it with a ClosedError, and no link is told of', async () => {
  for (let ms = 0; ms <= 20; ms += 0.25) {
    const network = createNetwork(1 + ms)
    const [anna, bert] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
    const dialed = outcomeOf(anna.socket.dial(addressOf('bert')))
    network.simulation.runFor(ms)
    await settled()
    const isLinked = dialed.value !== undefined
    const closed = outcomeOf(anna.socket.close())
    await settled()
    network.simulation.runFor(5500)
    await settled()
    expect(closed.isSettled).toBe(true)
    expect(dialed.error instanceof ClosedError).toBe(!isLinked)
    expect(anna.events).toEqual(isLinked ? ['link dialed', 'unlink'] : [])
    expect(bert.socket.connections.size).toBe(0)
    if (ms % 5 === 0) await expectSilence(network, anna, [bert])
  }
})

test('close() sends strangers off, and those who come later', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  const host = network.simulation.host('stranger')
  const [early, late] = [startStranger(network, host, 'anna'), startStranger(network, host, 'anna')]
  late.link.pause()
  network.simulation.runFor(100)
  const closed = outcomeOf(anna.socket.close())
  await settled()
  network.simulation.runFor(5500)
  await settled()
  expect(closed.isSettled).toBe(true)
  expect(early.endedAt).toBeDefined()
  const tooLate = startStranger(network, host, 'anna')
  network.simulation.runFor(100)
  expect(tooLate.endedAt).toBeDefined()
  expect(tooLate.heard).toEqual([])
})

test('close() ends the redialing of kept addresses', async () => {
  const network = createNetwork(1)
  const anna = await startNode(network, 'anna')
  anna.socket.addPersistentPeer(addressOf('nobody'))
  network.simulation.runFor(3000)
  const closed = outcomeOf(anna.socket.close())
  await settled()
  network.simulation.runFor(5500)
  await settled()
  expect(closed.isSettled).toBe(true)
  await expectSilence(network, anna, [])
})

test('close() inside a listener is as good as anywhere', async () => {
  const network = createNetwork(1)
  const { anna, bert } = await startPair(network)
  bert.socket.on('message', () => bert.socket.close())
  for (const text of ['one', 'two']) anna.socket.send(bert.socket.identity.id, bytes(text))
  network.simulation.runFor(6000)
  await settled()
  expect(bert.socket.isClosed).toBe(true)
  expect(bert.messages).toEqual(['one'])
  expect(anna.events).toEqual(['link dialed', 'unlink'])
  await expectSilence(network, bert, [anna])
})

test('a port in use is an AddressInUseError, and the doors that were open already are closed again', async () => {
  const network = createNetwork(1)
  const host = network.simulation.host('anna')
  const first = await startNode(network, 'anna', { host, listen: [{ host: 'anna', port: 2 }] })
  const second = createNode(network, 'anna', { host, listen: [1, 2].map((each) => ({ host: 'anna', port: each })) })
  const listening = second.socket.listen()
  await expect(listening).rejects.toBeInstanceOf(AddressInUseError)
  await expect(listening).rejects.toMatchObject({ code: 'ADDRESS_IN_USE', host: 'anna', port: 2 })
  expect([second.socket.addresses, second.socket.isListening]).toEqual([[], false])
  const third = await startNode(network, 'anna', { host, listen: [{ host: 'anna', port: 1 }] })
  expect(third.socket.addresses).toEqual([{ transport: 'sim', host: 'anna', port: 1 }])
  expect(third.socket.isListening).toBe(true)
  for (const { socket } of [first, third]) await socket.close()
  // It does not remember that it failed.
  await second.socket.listen()
  expect(second.socket.addresses.map(({ port: each }) => each)).toEqual([1, 2])
})

test('a transport that cannot listen is an ArgumentError; it can dial all the same', async () => {
  const network = createNetwork(1)
  await startNode(network, 'bert')
  const host = network.simulation.host('browser')
  const transport = { ...network.transport(host) }
  delete transport.listen
  const browser = createNode(network, 'browser', { host, transports: [transport] })
  await expect(browser.socket.listen()).rejects.toBeInstanceOf(ArgumentError)
  const dialed = browser.socket.dial(addressOf('bert'))
  network.simulation.runFor(1000)
  expect((await dialed).isEstablished).toBe(true)
})
