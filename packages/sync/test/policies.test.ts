import { expect, test } from 'vitest'
import { atHost, createNetwork, outcomeOf, port, settled, startNetwork, startNode } from './network.test-helper.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'
import { SyncSocket } from '../src/sync-socket.ts'

const policies = [{ prefix: 'config/', leasing: false }] as const

test('one socket has keys with leases and keys without', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { policies })
  a.set('config/color', 'red').set('session', 'of a')
  network.simulation.runFor(1000)
  b.set('config/color', 'blue')
  expect(() => b.set('session', 'of b')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
  expect(() =>
    b.update([
      ['config/size', 'large'],
      ['session', 'of b'],
    ]),
  ).toThrow(/session/)
  network.simulation.runFor(1000)
  expect(Object.fromEntries(a.copy())).toEqual({ 'config/color': 'blue', session: 'of a' })
  expect([a.isLeased('config/color'), a.isLeased('session')]).toEqual([false, true])
  expect([a.lease('config/color'), b.lease('session')?.owner]).toEqual([undefined, a.id])
  a.del('config/color')
  const replicated = outcomeOf(a.replicated('session'))
  network.simulation.runFor(1000)
  await settled()
  expect(replicated.error).toBeUndefined()
  expect(a.issues).toEqual([])
})

test('the longest prefix counts, also where keys have no leases by default', async () => {
  const network = createNetwork(2)
  const { a, b } = await startNetwork(network, ['a', 'b'], {
    leasing: false,
    leaseSeconds: 60,
    policies: [
      { prefix: 'app/', leasing: true },
      { prefix: new TextEncoder().encode('app/shared/'), leasing: false },
    ],
  })
  for (const key of ['free', 'app/one', 'app/shared/two']) a.set(key, 'of a')
  network.simulation.runFor(1000)
  b.set('free', 'of b').set('app/shared/two', 'of b')
  expect(() => b.set('app/one', 'of b')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
  network.simulation.runFor(1000)
  expect(['free', 'app/one', 'app/shared/two'].map((key) => a.get(key))).toEqual(['of b', 'of a', 'of b'])
  expect(a.lease('app/one')?.leaseSeconds).toBe(60)
})

test('fields are set one by one under a prefix without leases only', async () => {
  const network = createNetwork(3)
  const start = async (name: string): Promise<SyncSocket<string, Record<string, unknown>>> => {
    const host = network.simulation.host(name)
    const options = { ...atHost(network, host), policies }
    const socket = new SyncSocket<string, Record<string, unknown>>({
      ...options,
      keyEncoding: 'utf8',
      valueEncoding: 'json',
    })
    await socket.listen()
    return socket
  }
  const [a, b] = [await start('a'), await start('b')]
  const linked = b.connect('a', port)
  network.simulation.runFor(3000)
  await linked
  for (const key of ['config/page', 'task']) a.set(key, { title: 'x' })
  network.simulation.runFor(1000)
  a.applyDelta('config/page', { color: 'red' })
  b.applyDelta('config/page', { size: 2 })
  expect(() => b.applyDelta('task', { size: 2 })).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
  network.simulation.runFor(1000)
  for (const socket of [a, b]) expect(socket.get('config/page')).toEqual({ title: 'x', color: 'red', size: 2 })
})

test('a write without a lease does not wait for the catch-up', async () => {
  const network = createNetwork(4)
  const { socket: a } = await startNode(network, 'a', { policies })
  const { socket: b } = await startNode(network, 'b', { policies })
  for (let index = 0; index < 2000; index += 1) a.set(`key ${index}`, 'x'.repeat(1000))
  const joined = outcomeOf(b.connect('a', port))
  for (let slice = 0; slice < 1000 && b.routingTable?.size !== 1; slice += 1) {
    network.simulation.runFor(1)
    await settled()
  }
  expect(() => b.set('session', 'x')).toThrow(expect.objectContaining({ code: 'CATCHING_UP' }))
  expect(() =>
    b.update([
      ['config/color', 'red'],
      ['session', 'x'],
    ]),
  ).toThrow(/catch/i)
  expect(() => b.clear()).toThrow(expect.objectContaining({ code: 'CATCHING_UP' }))
  expect(() => b.popitem()).toThrow(expect.objectContaining({ code: 'CATCHING_UP' }))
  expect(b.set('config/color', 'red').get('config/color')).toBe('red')
  network.simulation.runFor(5000)
  await settled()
  expect(joined.error).toBeUndefined()
  expect(a.get('config/color')).toBe('red')
})

test('lengths and ephemeral keys need leases', async () => {
  const network = createNetwork(5)
  const { socket } = await startNode(network, 'a', { policies })
  const without = { argument: 'leaseSeconds', code: 'ARGUMENT' }
  expect(() => socket.set('config/color', 'red', { leaseSeconds: 60 })).toThrow(expect.objectContaining(without))
  expect(() => socket.set('config/color', 'red', { ephemeral: true })).toThrow(
    expect.objectContaining({ argument: 'ephemeral' }),
  )
  expect(() =>
    socket.update(
      [
        ['a', 'x'],
        ['config/b', 'x'],
      ],
      { leaseSeconds: 60 },
    ),
  ).toThrow(expect.objectContaining(without))
  expect([socket.renew('config/color'), socket.release('config/color'), socket.size]).toEqual([false, false, 0])
})

test('nodes with other policies refuse each other, and name the prefix', async () => {
  const network = createNetwork(6)
  const { socket: a } = await startNode(network, 'a', {
    policies: [...policies, { prefix: Uint8Array.of(0x25, 0xff), leasing: false }],
  })
  await startNode(network, 'b')
  const refused = outcomeOf(a.connect('b', port))
  network.simulation.runFor(1000)
  await settled()
  expect(refused.error).toMatchObject({
    code: 'REFUSED_ANOTHER_SUBNET',
    difference:
      'sync.leases of %25%ff is off here and absent there; sync.leases of config/ is off here and absent there',
  })
})

test('the order of policies does not matter, and without any the subnet is the same', async () => {
  const network = createNetwork(7)
  const two = [...policies, { prefix: 'a/', leasing: false }] as const
  const sockets = [
    await startNode(network, 'a', { policies: two }),
    await startNode(network, 'b', { policies: two.toReversed() }),
    await startNode(network, 'c', { policies: [] }),
    await startNode(network, 'd'),
  ]
  const [a, b, c, d] = sockets.map(({ socket }) => socket.subnet.id)
  expect(a).toBe(b)
  expect(c).toBe(d)
  expect(a).not.toBe(c)
})

test.each([
  ['no list', 'config/'],
  ['an empty prefix', [{ prefix: '', leasing: false }]],
  ['owned keys', [{ prefix: '~x', leasing: false }]],
  ['a prefix twice', [...policies, ...policies]],
  ['no leasing', [{ prefix: 'config/' }]],
  ['a prefix that is too long', [{ prefix: 'x'.repeat(200), leasing: false }]],
  ['too many', Array.from({ length: 25 }, (_, index) => ({ prefix: `${index}/`, leasing: false }))],
] as readonly (readonly [string, unknown])[])('%s: an ArgumentError', (_, wrong) => {
  const network = createNetwork(8)
  const options = atHost(network, network.simulation.host('a'))
  // What JavaScript can give.
  const given = { ...options, policies: wrong } as SyncSocketOptions
  expect(() => new SyncSocket(given)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT', argument: expect.stringMatching(/^policies/) }),
  )
})

test('JSON keys have no prefixes', () => {
  const network = createNetwork(9)
  const options = atHost(network, network.simulation.host('a'))
  expect(
    () => new SyncSocket<string, string>({ ...options, keyEncoding: 'json', valueEncoding: 'utf8', policies }),
  ).toThrow(/quotation mark/)
})
