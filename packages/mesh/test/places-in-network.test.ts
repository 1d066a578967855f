import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { createNetwork, outcomeOf, port, received, settled, startNetwork, startNode } from './network.test-helper.ts'
import type { CachedPeer } from '../src/membership/peer-cache.ts'

test('however many join by one node, none has more than ten links, and all hear each other', async () => {
  const network = createNetwork(5)
  const nodes = await startNetwork(network, scaled(40, 150))
  network.simulation.runFor(20_000)
  const links = nodes.map(({ socket }) => socket.metrics().coreLinks)
  expect(Math.max(...links)).toBeLessThanOrEqual(10)
  expect(Math.min(...links)).toBeGreaterThanOrEqual(5)
  nodes[3]?.socket.send(['hello'])
  network.simulation.runFor(2000)
  expect(nodes.filter((node) => received(node).length === 1).length).toBe(nodes.length - 1)
})

test('nodes that only dial have three links, and take none of the places of others', async () => {
  const network = createNetwork(6)
  const listeners = await startNetwork(network, 12)
  const browsers = []
  for (let index = 0; index < 30; index++) {
    const browser = await startNode(network, `browser ${index}`, { listen: [] })
    const connected = browser.socket.connect(`n${index % 12}`, port)
    network.simulation.runFor(1000)
    await connected
    browsers.push(browser)
  }
  network.simulation.runFor(20_000)
  expect(browsers.map(({ socket }) => socket.metrics().links)).toEqual(browsers.map(() => 3))
  for (const { socket } of listeners) {
    expect(socket.metrics().coreLinks).toBeGreaterThanOrEqual(6)
    expect(socket.metrics().leafLinks).toBeLessThanOrEqual(24)
  }
  browsers[0]?.socket.send(['hello'])
  network.simulation.runFor(2000)
  expect([...listeners, ...browsers.slice(1)].map((node) => received(node).length)).toEqual(Array(41).fill(1))
})

test('a node joins by whichever of its addresses answers', async () => {
  const network = createNetwork(7)
  await startNetwork(network, 3)
  const join = ['nobody', 'n1'].map((host) => ({ host, port }))
  const late = await startNode(network, 'late', { join })
  network.simulation.runFor(5000)
  await settled()
  expect(late.events).toContain('connect')
  expect(late.socket.routingTable?.size).toBe(3)
})

test('a node that is started anew finds the network by the nodes that it knew, though whom it joined by is gone', async () => {
  const network = createNetwork(8)
  const nodes = await startNetwork(network, 6)
  let saved: readonly CachedPeer[] = []
  const knownNodes = {
    load: () => Promise.resolve(saved),
    save: (known: readonly CachedPeer[]) => void (saved = known),
  }
  const first = await startNode(network, 'returns', { knownNodes })
  const connected = first.socket.connect('n0', port)
  network.simulation.runFor(60_000)
  await connected
  expect(saved.length).toBeGreaterThanOrEqual(6)
  network.crash(first.host)
  for (const { host } of nodes.slice(0, 1)) network.crash(host)
  const again = await startNode(network, 'returns', { knownNodes })
  network.simulation.runFor(20_000)
  expect(again.socket.routingTable?.size).toBe(5)
})

test('nodes known that cannot be read are an issue, and keep nobody from joining', async () => {
  const network = createNetwork(9)
  await startNetwork(network, 2)
  const knownNodes = { load: () => Promise.reject(new Error('the disk is gone')), save: () => undefined }
  const node = await startNode(network, 'x', { knownNodes })
  expect(node.socket.issues).toEqual([
    expect.objectContaining({ message: expect.stringContaining('the disk is gone') }),
  ])
  const connected = node.socket.connect('n0', port)
  network.simulation.runFor(1000)
  await connected
})

test('nodes that start at the same moment, each knowing one other, are all linked with all a few seconds later', async () => {
  for (let seed = 1; seed <= scaled(4, 10); seed++) {
    const network = createNetwork(seed)
    const nodes = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => startNode(network, `n${index}`)))
    for (const [index, { socket }] of nodes.slice(1).entries()) outcomeOf(socket.connect(`n${index}`, port))
    network.simulation.runFor(6000)
    expect(
      nodes.map(({ socket }) => socket.routingTable?.size),
      `seed ${seed}`,
    ).toEqual([5, 5, 5, 5, 5, 5])
  }
})
