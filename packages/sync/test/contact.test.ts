import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { Contact } from '../src/anti-entropy/contact.ts'
import { leave, nobody, start as startKept } from './test-persistence.test-helper.ts'
import { MemoryPersistence } from '../src/persistence/memory-persistence.ts'
import { connect, contents, createNetwork, startApart } from './network.test-helper.ts'

const hour = 3_600_000
const horizonMs = scaled(1, 4) * hour

test('contact that was lost for longer than the horizon is told once, with a minute to spare', () => {
  const kept: number[] = []
  const contact = new Contact(1000, (nowMs) => kept.push(nowMs))
  expect([500_000, 500_900, 501_900, 502_901, 503_000].map((nowMs) => contact.note(nowMs))).toEqual([
    undefined,
    undefined,
    undefined,
    441_900,
    undefined,
  ])
  contact.note(560_000)
  expect(kept).toEqual([500_000, 560_000])
})

test('contact of an earlier life counts', () => {
  const contact = new Contact(1000, () => undefined)
  contact.restore(400_000)
  expect(contact.note(500_000)).toBe(340_000)
})

test('a node that is kept, and comes back after the horizon, brings nothing back', async () => {
  const network = createNetwork(2)
  const options = { leaseSeconds: 60, storeLimits: { horizonMs }, limits: { exchangeAddressesMax: 0 } }
  const persistence = new MemoryPersistence()
  const { a, b } = await startApart(network, ['a', 'b'], options)
  const { socket: kept } = await startKept(network, 'kept', { ...options, persistence })
  await connect(network, b, 'a')
  await connect(network, kept, 'a')
  a.set('deleted', 'x').set('stays', 'x')
  network.simulation.runFor(5 * 60_000)
  await leave(network, kept)
  b.del('deleted')
  network.simulation.runFor(2 * horizonMs)
  const { socket: again } = await startKept(network, 'kept-2', { ...options, persistence, knownNodes: nobody })
  expect(contents(again)).toHaveLength(2)
  await connect(network, again, 'a')
  network.simulation.runFor(60_000)
  for (const node of [a, b, again]) expect(contents(node)).toEqual([['stays', 'x']])
})

test('a node that returns after the others have forgotten what they deleted brings nothing back, and misses nothing', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startApart(network, ['a', 'b', 'c'], {
    leaseSeconds: 60,
    storeLimits: { horizonMs },
    limits: { exchangeAddressesMax: 0 },
  })
  await connect(network, b, 'a')
  await connect(network, c, 'a')
  const deletedAtC: string[] = []
  c.on('delete', ({ key }) => deletedAtC.push(key))
  a.set('deleted', 'x').set('kept', 'x').set('changed', 'x')
  c.set('of c', 'x')
  network.simulation.runFor(5 * 60_000)
  expect(c.size).toBe(4)
  const hosts = network.simulation
  const c1 = [...(c.routingTable?.values() ?? [])]
  for (const connection of c1) c.disconnect(connection)
  hosts.runFor(60_000)
  expect(c.routingTable).toBeUndefined()
  b.del('deleted')
  b.set('changed', 'y')
  a.del('of c')
  c.set('news', 'z')
  network.simulation.runFor(2 * horizonMs)
  await connect(network, c, 'a')
  network.simulation.runFor(60_000)
  const expected = [
    ['changed', 'y'],
    ['kept', 'x'],
    ['news', 'z'],
  ]
  for (const node of [a, b, c]) expect(contents(node)).toEqual(expected)
  expect(deletedAtC.toSorted()).toContain('deleted')
})
