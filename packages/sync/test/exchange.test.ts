import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import {
  connect,
  contents,
  createNetwork,
  port,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

/** Runs a function and tells how many bytes and writes the network carried meanwhile. */
async function costOf(
  network: ReturnType<typeof createNetwork>,
  run: () => unknown,
): Promise<{ bytes: number; writes: number }> {
  const [bytes, writes] = [network.bytes, network.writes]
  await run()
  return { bytes: network.bytes - bytes, writes: network.writes - writes }
}

const keys = scaled(2000, 10_000)

const entries = (count: number, valueBytes = 100): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`key ${index}`, `${index}`.padEnd(valueBytes, '.')])

test('two nodes write different keys and the same keys while apart, then connect: both have all', async () => {
  const network = createNetwork(1)
  const { a, b } = await startApart(network, ['a', 'b'])
  a.set('only a', '1').set('both', 'by a')
  network.simulation.runFor(2000)
  b.set('only b', '2').set('both', 'by b')
  await connect(network, b, 'a')
  expect(contents(a)).toEqual([
    ['both', 'by a'],
    ['only a', '1'],
    ['only b', '2'],
  ])
  expect(contents(b)).toEqual(contents(a))
})

test('nothing is queued while there is no neighbor, yet a write of any moment around a link coming up arrives', async () => {
  const network = createNetwork(3)
  const { a, b } = await startApart(network, ['a', 'b'], { catchUpMs: 0 })
  const moments = scaled(100, 1000)
  const connected = b.connect('a', port)
  b.on('connect', () => b.set('on connect', 'by b'))
  a.on('connect', () => a.set('on accept', 'by a'))
  for (let moment = 0; moment < moments; moment += 1) {
    a.set(`a ${moment}`, '')
    b.set(`b ${moment}`, '')
    network.simulation.runFor(1)
    await settled()
    a.set(`a ${moment}, in the same turn`, '')
    b.set(`b ${moment}, in the same turn`, '')
  }
  await connected
  network.simulation.runFor(2000)
  expect(a.size).toBe(4 * moments + 2)
  expect(contents(b)).toEqual(contents(a))
})

test('news learnt by comparison travels on, through a chain', async () => {
  const network = createNetwork(2)
  const { a, b, c, d } = await startApart(network, ['a', 'b', 'c', 'd'], { limits: { exchangeAddressesMax: 0 } })
  a.set('a', 'a')
  d.set('d', 'd')
  await connect(network, c, 'd')
  await connect(network, c, 'b')
  await connect(network, b, 'a')
  for (const node of [a, b, c, d]) {
    expect(contents(node)).toEqual([
      ['a', 'a'],
      ['d', 'd'],
    ])
    expect(node.routingTable?.size).toBeLessThanOrEqual(2)
  }
})

test('a deletion while apart stays a deletion', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.set('key', 'x')
  network.simulation.runFor(1000)
  const [connection] = b.outgoing
  if (!connection) throw new Error('b has dialed a.')
  b.disconnect(connection)
  network.simulation.runFor(1000)
  a.del('key')
  b.set('other', 'y')
  await connect(network, b, 'a').catch(() => undefined)
  network.simulation.runFor(1000)
  expect(contents(a)).toEqual([['other', 'y']])
  expect(contents(b)).toEqual([['other', 'y']])
})

test('equal dictionaries exchange no records', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startApart(network, ['a', 'b', 'c'])
  await connect(network, b, 'a')
  await connect(network, c, 'b')
  a.update(entries(keys))
  network.simulation.runFor(5000)
  expect([b.size, c.size]).toEqual([keys, keys])
  const idle = await costOf(network, () => network.simulation.runFor(120_000))
  expect(idle.bytes).toBeLessThan(8000)
})

test(`one key that differs among ${keys} is found by anti-entropy, for a few coded symbols`, async () => {
  const network = createNetwork(1)
  // The mesh itself must not have the broadcast any more when messages arrive again.
  const { a, b } = await startApart(network, ['a', 'b'], { limits: { repairMs: 1000 } })
  await connect(network, b, 'a')
  a.update(entries(keys))
  network.simulation.runFor(5000)
  network.faults = { ...network.faults, loss: 1 }
  a.set('new', 'x')
  network.simulation.runFor(3000)
  network.faults = { ...network.faults, loss: 0 }
  expect(b.has('new')).toBe(false)
  const { bytes } = await costOf(network, () => network.simulation.runFor(60_000))
  expect(b.get('new')).toBe('x')
  expect(bytes).toBeLessThan(4000)
})

test(`a late join at ${keys} keys`, async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.update(entries(keys))
  network.simulation.runFor(5000)
  const late = await startNode(network, 'late')
  const { bytes } = await costOf(network, async () => {
    await connect(network, late.socket, 'a')
    network.simulation.runFor(5000)
  })
  expect(late.socket.size).toBe(keys)
  expect(late.socket.get(`key ${keys - 1}`)).toBe(`${keys - 1}`.padEnd(100, '.'))
  expect(b.size).toBe(keys)
  console.log(`A late join at ${keys} keys of 100 B took ${bytes} bytes.`)
})

const values = scaled(50, 100)

test(`a join with ${0.4 * values} MB of values streams as the link takes it: the queue stays below its hard limit`, async () => {
  const network = createNetwork(1)
  const { a } = await startApart(network, ['a'])
  const random = network.simulation.random
  const block = Buffer.from(random.bytes(300_000)).toString('base64')
  for (let index = 0; index < values; index++)
    a.set(`key ${index}`, `${block.slice(index * 100)}${block.slice(0, index * 100)}`)
  const late = await startNode(network, 'late')
  let most = 0
  const joined = late.socket.connect('a', 4444)
  for (let slice = 0; slice < 4000 && late.socket.size < values; slice++) {
    network.simulation.runFor(5)
    for (const connection of a.routingTable?.values() ?? []) most = Math.max(most, connection.queuedBytes)
  }
  // It has all, and asks whether that is so.
  network.simulation.runFor(1000)
  await joined
  expect(late.socket.size).toBe(values)
  expect(contents(late.socket).every(([key, value]) => a.get(key) === value)).toBe(true)
  expect(most).toBeLessThan(8 * 2 ** 20)
  expect(late.socket.routingTable?.size).toBe(1)
})

test('writes of more than the queue takes in one turn arrive all the same', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  const count = scaled(15, 25)
  const block = Buffer.from(network.simulation.random.bytes(500_000)).toString('base64')
  for (let index = 0; index < count; index++) a.set(`key ${index}`, `${index}${block}`)
  network.simulation.runFor(60_000)
  expect([b.size, c.size]).toEqual([count, count])
  expect(contents(c).every(([key, value]) => a.get(key) === value)).toBe(true)
  for (const node of [a, b, c]) expect(node.routingTable?.size).toBe(2)
})

test('more messages than a peer may send per second are slowed and not lost', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { limits: { messagesPerSecond: 100, burstSeconds: 2 } })
  for (let index = 0; index < 3000; index++) {
    a.set(`key ${index}`, 'x')
    network.simulation.runFor(1)
  }
  expect(b.size).toBeGreaterThan(200)
  expect(b.size).toBeLessThan(1500)
  network.simulation.runFor(40_000)
  expect(b.size).toBe(3000)
  expect(a.routingTable?.size).toBe(1)
})

test('a peer that is slowed for longer than the silence allowed is not taken for dead', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { limits: { messagesPerSecond: 20, burstSeconds: 1 } })
  const lost: string[] = []
  for (const node of [a, b]) node.on('disconnect', () => lost.push('disconnect'))
  for (let index = 0; index < 2500; index++) {
    a.send([`${index}`])
    network.simulation.runFor(1)
  }
  network.simulation.runFor(180_000)
  expect(lost).toEqual([])
  expect(b.recv(5000).length).toBe(2500)
})

test('a store that has no room says so in its status, passes records on, and does not exchange without end', async () => {
  const network = createNetwork(1)
  const { a, c } = await startApart(network, ['a', 'c'], { limits: { exchangeAddressesMax: 0 } })
  const small = (
    await startNode(network, 'small', { storeLimits: { keysMax: 5 }, limits: { exchangeAddressesMax: 0 } })
  ).socket
  await connect(network, small, 'a')
  await connect(network, c, 'small')
  for (let index = 0; index < 20; index++) a.set(`key ${index}`, 'x')
  network.simulation.runFor(2000)
  expect([small.size, c.size]).toEqual([5, 20])
  expect(small.issues).toEqual([
    expect.objectContaining({
      message: expect.stringContaining('keysMax is met: this node lacks a part of the dictionary'),
    }),
  ])
  const { bytes } = await costOf(network, () => network.simulation.runFor(300_000))
  expect(bytes).toBeLessThan(20_000)
})

test('small frames: a late join gets everything, and no link is lost', async () => {
  const network = createNetwork(1)
  const small = { limits: { frameBytesMax: 16_384 }, storeLimits: { valueBytesMax: 8192 } }
  const { a, b } = await startApart(network, ['a', 'b'], small)
  for (let index = 0; index < 20; index += 1) a.set(`key ${index}`, 'x'.repeat(6000))
  await connect(network, b, 'a')
  network.simulation.runFor(2000)
  expect([b.size, a.issues, b.issues]).toEqual([20, [], []])
})

test('a node that takes shorter values than the others says so, and stays linked', async () => {
  const network = createNetwork(1)
  const { a } = await startApart(network, ['a'])
  const { socket: small } = await startNode(network, 'small', { storeLimits: { valueBytesMax: 100 } })
  const ended: string[] = []
  small.on('disconnect', () => ended.push('disconnect'))
  await connect(network, small, 'a')
  a.set('long', 'x'.repeat(101)).set('short', 'x')
  network.simulation.runFor(120_000)
  expect([small.has('long'), small.has('short'), ended]).toEqual([false, true, []])
  expect(small.issues).toEqual([expect.objectContaining({ message: expect.stringContaining('valueBytesMax') })])
})

test('a node that closes right after writing more than a queue takes leaves nothing behind', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const block = Buffer.from(network.simulation.random.bytes(375_000)).toString('base64')
  for (let index = 0; index < 20; index += 1) b.set(`key ${index}`, `${index}${block}`)
  const closed = b.close()
  network.simulation.runFor(4000)
  await settled()
  network.simulation.runFor(4000)
  await closed
  expect([a.size, b.issues]).toEqual([20, []])
})
