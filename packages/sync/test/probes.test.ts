import { BaseSocket } from '@ts2p/base'
import { identityFromSeed } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { batchOf, startLiar, storeMessage, subnetOf, wireRecord } from './liar.test-helper.ts'
import {
  connect,
  contents,
  createSigningNetwork,
  outcomeOf,
  port,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

// Seven things that have broken peer-to-peer dictionaries before.

test('1. two nodes that set one key while apart agree once they connect', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const network = createSigningNetwork(seed)
    const { a, b } = await startApart(network, ['a', 'b'])
    a.set('key', 'by a')
    network.simulation.runFor(network.simulation.random.integer(0, 3000))
    b.set('key', 'by b')
    await (network.simulation.random.chance(0.5) ? connect(network, a, 'b') : connect(network, b, 'a'))
    expect(contents(a)).toEqual(contents(b))
    expect({ ...a.lease('key'), isOurs: true }).toEqual({ ...b.lease('key'), isOurs: true })
  }
})

test('2. del() deletes, everywhere', async () => {
  const network = createSigningNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  a.set('key', 'value')
  network.simulation.runFor(1000)
  expect(a.del('key')).toBe(true)
  network.simulation.runFor(1000)
  expect([a, b, c].map((node) => node.has('key'))).toEqual([false, false, false])
})

test('3. the key __proto__ in a network of five: a key like any other, and no link closes', async () => {
  const network = createSigningNetwork(1)
  const nodes = await startNetwork(network, ['a', 'b', 'c', 'd', 'e'])
  const { identity, connection } = await startLiar(network, 'a')
  const record = wireRecord('__proto__', network.simulation.now)
  connection.send(storeMessage(identity, [batchOf(identity, [record], { signer: identity })]))
  network.simulation.runFor(1000)
  for (const node of Object.values(nodes)) {
    expect(node.get('__proto__')).toBe('from outside')
    expect(node.routingTable?.size).toBeGreaterThanOrEqual(4)
    expect(node.issues).toEqual([])
  }
  expect(Reflect.get({}, 'from outside')).toBeUndefined()
})

test.each(['in its own name', 'in the name of the victim'])(
  "4. a store message of another's records, %s: not taken in, not relayed, and with the third the link closes",
  async (how) => {
    const network = createSigningNetwork(1)
    const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
    c.set('real', 'of c')
    network.simulation.runFor(1000)
    const { identity, connection } = await startLiar(network, 'a')
    const victim = identityFromSeed(new Uint8Array(32).fill(7))
    const source = how === 'in its own name' ? identity : victim
    for (let sequence = 1; sequence <= 3; sequence++) {
      expect(a.routingTable?.has(identity.id)).toBe(true)
      const record = wireRecord('forged', network.simulation.now)
      connection.send(storeMessage(source, [batchOf(victim, [record], { signer: identity })], sequence))
      network.simulation.runFor(1000)
    }
    for (const node of [a, b, c]) expect(contents(node)).toEqual([['real', 'of c']])
    expect(a.routingTable?.has(identity.id)).toBe(false)
    expect([a, b, c].map((node) => node.routingTable?.size)).toEqual([2, 2, 2])
    expect(a.issues).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('records that their owner did not sign') }),
    )
    expect([b.issues, c.issues]).toEqual([[], []])
  },
)

test('5. a record dated 2096 is refused; one a little ahead waits for its time', async () => {
  const network = createSigningNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const { identity, connection } = await startLiar(network, 'a')
  const soon = wireRecord('soon', network.simulation.now + 50_000)
  connection.send(storeMessage(identity, [batchOf(identity, [soon], { signer: identity })]))
  network.simulation.runFor(1000)
  expect([a.has('soon'), b.has('soon')]).toEqual([false, false])
  network.simulation.runFor(30_000)
  expect([a.get('soon'), b.get('soon')]).toEqual(['from outside', 'from outside'])
  const never = wireRecord('never', Date.UTC(2096, 0, 1))
  connection.send(storeMessage(identity, [batchOf(identity, [never], { signer: identity })], 2))
  network.simulation.runFor(1000)
  expect([a.has('never'), b.has('never')]).toEqual([false, false])
  expect(a.issues).toContainEqual(expect.objectContaining({ code: 'record-too-far-ahead', count: 1 }))
  expect(a.set('key', 'x').get('key')).toBe('x')
})

test('6. what a link carries when it comes up is in proportion to the difference', async () => {
  const network = createSigningNetwork(1)
  const { a, b } = await startApart(network, ['a', 'b'])
  a.update(Array.from({ length: 5000 }, (_, index) => [`key ${index}`, `${index}`.padEnd(100, '.')] as const))
  const bytesOf = async (run: () => Promise<void>): Promise<number> => {
    const before = network.bytes
    await run()
    return network.bytes - before
  }
  const everything = await bytesOf(() => connect(network, b, 'a'))
  expect(b.size).toBe(5000)
  network.simulation.runFor(5000)
  const reconnect = async (): Promise<void> => {
    for (const connection of b.outgoing) b.disconnect(connection)
    network.simulation.runFor(50)
    for (let slice = 0; slice < 20; slice++) {
      if (slice === 0) b.connect('a', port).catch(() => undefined)
      network.simulation.runFor(50)
      await settled()
    }
    expect(b.routingTable?.size).toBe(1)
  }
  const nothing = await bytesOf(reconnect)
  expect(nothing).toBeLessThan(4000)
  expect(everything).toBeGreaterThan(40 * nothing)
})

test("7. claiming a linked node's id replaces nothing", async () => {
  const network = createSigningNetwork(1)
  const { a } = await startApart(network, ['a'])
  // The thief knows b's key, as everyone does who was linked with it: it is public.
  const identity = identityFromSeed(new Uint8Array(32).fill(9))
  const { socket: b } = await startNode(network, 'b', { identity })
  await connect(network, b, 'a')
  const before = a.routingTable?.get(b.id)
  expect(before?.id).toBe(identity.id)
  const host = network.simulation.host('thief')
  for (let attempt = 0; attempt < 20; attempt++) {
    const thief = new BaseSocket({
      identity,
      subnet: subnetOf(true),
      environment: host.environment,
      transports: [network.transport(host)],
    })
    const refused = outcomeOf(thief.dial({ transport: 'sim', host: 'a', port }))
    network.simulation.runFor(1000)
    await settled()
    expect(refused.error).toMatchObject({ code: 'REFUSED_DUPLICATE_LINK' })
  }
  expect(a.routingTable?.get(b.id)).toBe(before)
  a.set('key', 'x')
  network.simulation.runFor(1000)
  expect(b.get('key')).toBe('x')
})
