import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { ArgumentError, ClosedError, RefusedError, UnreachableError } from '../src/index.ts'
import { createDictionary, createNetwork, createSocket, listening, pass, port } from './simulated.test-helper.ts'

/** Simulated chains of three nodes; every second one has a dictionary. */
const chains = scaled(200, 1000)
/** A node listens at most this long after it was created, milliseconds. */
const listenDelayMsMax = 2500

test(`${chains} of ${chains} chains made in one tick are linked 1 s after their last node listens`, async () => {
  const apart: number[] = []
  for (let seed = 1; seed <= chains; seed += 1) {
    const network = createNetwork(seed)
    const { random } = network.simulation
    // The first number of one seed is much like that of the next.
    random.float()
    const delaysMs = [0, 1, 2].map(() => random.float() * listenDelayMsMax)
    const create = seed % 2 === 0 ? createSocket : createDictionary
    const nodeOf = (index: number) => create(network, `n${index}`, { listenDelayMs: delaysMs[index] ?? 0 })
    const [a, b, c] = [nodeOf(0), nodeOf(1), nodeOf(2)]
    void b.connect(...a.addr)
    void c.connect(...b.addr)
    await pass(network, Math.max(...delaysMs) + 1000)
    if (!a.routing_table.has(b.id) || !b.routing_table.has(c.id)) apart.push(seed)
  }
  expect(apart).toEqual([])
})

test('an address that cannot be reached is dialed until it can, and status says so meanwhile', async () => {
  const network = createNetwork(1)
  const anna = createSocket(network, 'anna')
  const connected = anna.connect('bert', port)
  const again = anna.connect('bert', port)
  await pass(network, 60_000)
  expect(anna.status).toEqual([
    'Cannot reach bert:4444: the connection was refused. Check that a node listens there and that the network lets you through. It is dialed again until it answers.',
  ])
  const bert = createSocket(network, 'bert')
  await pass(network, 2100)
  await Promise.all([connected, again])
  expect([...anna.routing_table.keys()]).toEqual([bert.id])
  expect(anna.status).toBe('Nominal')
})

test('a refusal ends the call at once', async () => {
  const network = createNetwork(2)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert', { subnet: 'dogs' })]
  const errors: Error[] = []
  anna.on('error', (conn, error) => conn === anna && errors.push(error))
  await listening(network, anna, bert)
  const connected = anna.connect('bert', port)
  await Promise.all([expect(connected).rejects.toThrow(RefusedError), pass(network, 100)])
  expect(errors).toEqual([expect.any(RefusedError)])
  expect(anna.status).toEqual([expect.stringContaining('it is on another subnet')])
  expect([anna.routing_table.size, bert.routing_table.size]).toEqual([0, 0])
})

test('close() ends the dialing', async () => {
  const network = createNetwork(3)
  const anna = createSocket(network, 'anna')
  const errors: Error[] = []
  anna.on('error', (_, error) => errors.push(error))
  const connected = anna.connect('bert', port)
  await pass(network, 1000)
  await Promise.all([expect(connected).rejects.toThrow(ClosedError), anna.close(), pass(network, 100)])
  // The timers that were canceled stay in the queue of the simulation, and do nothing.
  await pass(network, 5000)
  const { events } = network.simulation
  await pass(network, 60_000)
  expect(network.simulation.events - events).toBe(0)
  expect(errors).toEqual([])
})

test('disconnect() with the address ends the dialing', async () => {
  const network = createNetwork(4)
  const anna = createSocket(network, 'anna')
  const connected = anna.connect('bert', port)
  await pass(network, 1000)
  anna.disconnect(['bert', port])
  await expect(connected).rejects.toThrow(UnreachableError)
  const bert = createSocket(network, 'bert')
  await pass(network, 10_000)
  expect(bert.routing_table.size).toBe(0)
  expect(anna.status).toBe('Nominal')
})

test('disconnect() while the dial is on its way ends the link that it brings', async () => {
  const network = createNetwork(5)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert')]
  await listening(network, anna, bert)
  const connected = anna.connect('bert', port)
  anna.disconnect(['bert', port])
  await expect(connected).rejects.toThrow(UnreachableError)
  await pass(network, 10_000)
  expect([anna.routing_table.size, bert.routing_table.size]).toEqual([0, 0])
})

test('connect() after disconnect(), while the first dial is still on its way, links', async () => {
  const network = createNetwork(5)
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert')]
  await listening(network, anna, bert)
  const first = anna.connect('bert', port)
  anna.disconnect(['bert', port])
  const second = anna.connect('bert', port)
  await Promise.all([expect(first).rejects.toThrow(UnreachableError), second, pass(network, 10_000)])
  expect([anna.routing_table.size, bert.routing_table.size]).toEqual([1, 1])
})

test('disconnect() of a node ends the dialing of an address of its own', async () => {
  const network = createNetwork(6)
  // Nobody listens at the second address that bert has, as he says.
  const [anna, bert] = [createSocket(network, 'anna'), createSocket(network, 'bert', { outAddr: ['bert', 5555] })]
  await listening(network, anna, bert)
  const connected = anna.connect('bert', 5555)
  await Promise.all([bert.connect('anna', port), pass(network, 1000)])
  const [connection] = anna.routing_table.values()
  if (!connection) throw new Error('Two nodes that are linked are in the routing table of each other.')
  expect(connection.addr).toEqual(['bert', 5555])
  anna.disconnect(connection)
  await expect(connected).rejects.toThrow(UnreachableError)
  await pass(network, 10_000)
  expect([anna.routing_table.size, bert.routing_table.size]).toEqual([0, 0])
})

test('what is no connection and no address cannot be disconnected', () => {
  const anna = createSocket(createNetwork(7), 'anna')
  for (const wrong of [undefined, 'bert', ['bert'], ['bert', '4444']])
    expect(() => anna.disconnect(wrong as never)).toThrow(ArgumentError)
})

test('a dictionary may be written as soon as it is linked, and lease-lost reports a lease of which it had not heard', async () => {
  const network = createNetwork(3)
  const [anna, bert] = [createDictionary(network, 'anna'), createDictionary(network, 'bert')]
  await listening(network, anna, bert)
  anna.set('key', 'of anna')
  // In one second the smaller id would have the key.
  await pass(network, 2000)
  const heard: unknown[] = []
  bert.on('connect', (conn) => heard.push(['linked', conn.set('key', 'of bert')]))
  bert.on('lease-lost', (_, key, owner) => heard.push(['lost', String(key), owner]))
  const connected = bert.connect(...anna.addr)
  await pass(network, 1000)
  await connected
  expect(heard).toEqual([
    ['linked', undefined],
    ['lost', 'key', anna.id],
  ])
  expect(bert.get('key')?.toString()).toBe('of anna')
})
