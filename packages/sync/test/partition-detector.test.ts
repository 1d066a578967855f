import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { PartitionDetector } from '../src/anti-entropy/partition-detector.ts'
import { leave, nobody, start as startKept, TestPersistence } from './test-persistence.test-helper.ts'
import { connect, contents, createNetwork, startApart } from './network.test-helper.ts'

const hour = 3_600_000
const tombstoneRetentionMs = scaled(1, 4) * hour

test('contact that was lost for longer than the horizon is told once, with a minute to spare', () => {
  const kept: number[] = []
  const contact = new PartitionDetector(1000, (nowMs) => kept.push(nowMs))
  const begin = (nowMs: number): number | undefined => {
    const sinceMs = contact.begin(nowMs, nowMs)
    contact.end()
    return sinceMs
  }
  const times = [500_000, 500_900, 501_900, 502_901, 503_000]
  expect(times.map(begin)).toEqual([undefined, undefined, undefined, 441_900, undefined])
  begin(560_000)
  expect(kept).toEqual([500_000, 560_000])
})

test('a clock that is set forward while there are neighbors loses no contact', () => {
  const contact = new PartitionDetector(1000, () => undefined)
  contact.begin(500_000, 500_000)
  for (let second = 1; second <= 120; second += 1) contact.recordContact(900_000_000 + second * 1000, second * 1000)
  contact.end()
  expect(contact.begin(900_121_000, 900_121_000)).toBeUndefined()
})

test('a machine that has slept has lost contact, though its links outlast that for some seconds', () => {
  const contact = new PartitionDetector(1000, () => undefined)
  contact.begin(500_000, 500_000)
  for (let second = 1; second <= 20; second += 1) contact.recordContact(900_000_000 + second * 1000, second * 1000)
  contact.end()
  expect(contact.begin(900_021_000, 900_021_000)).toBe(440_000)
})

test('a clock that is set forward while there is no neighbor loses no contact: that of the neighbor counts', () => {
  const contact = new PartitionDetector(1000, () => undefined)
  contact.begin(500_000, 500_000)
  contact.end()
  expect(contact.begin(900_000_000, 500_900)).toBeUndefined()
})

test('what a neighbor has forgotten of the time of an absence is missed, once', () => {
  const contact = new PartitionDetector(1_000_000, () => undefined)
  expect(contact.isResyncing).toBe(true)
  contact.begin(500_000, 500_000)
  contact.onCopied()
  expect(contact.missed(499_000)).toBeUndefined()
  contact.end()
  contact.begin(600_000, 600_000)
  expect([contact.missed(500_000), contact.isResyncing]).toEqual([undefined, false])
  expect([contact.missed(500_001), contact.isResyncing]).toEqual([440_000, true])
  expect(contact.missed(590_000)).toBeUndefined()
  contact.end()
  contact.begin(700_000, 700_000)
  // By then the deletions of the time of its absence are here.
  contact.onCopied()
  expect(contact.missed(690_000)).toBeUndefined()
})

test('contact of an earlier life counts', () => {
  const contact = new PartitionDetector(1000, () => undefined)
  contact.restore(400_000)
  expect(contact.begin(500_000, 500_000)).toBe(340_000)
})

test('a node that is kept, and comes back after the horizon, brings nothing back', async () => {
  const network = createNetwork(2)
  const options = {
    leaseSeconds: 60,
    leaseSecondsMax: 60,
    storeLimits: { tombstoneRetentionMs },
    limits: { exchangeAddressesMax: 0 },
  }
  const persistence = new TestPersistence()
  const { a, b } = await startApart(network, ['a', 'b'], options)
  const { socket: kept } = await startKept(network, 'kept', { ...options, persistence })
  await connect(network, b, 'a')
  await connect(network, kept, 'a')
  a.set('deleted', 'x').set('stays', 'x').set('deleted early', 'x')
  a.del('deleted early')
  network.simulation.runFor(5 * 60_000)
  await leave(network, kept)
  b.del('deleted')
  network.simulation.runFor(2 * tombstoneRetentionMs)
  const { socket: again } = await startKept(network, 'kept-2', { ...options, persistence, knownNodes: nobody })
  expect(contents(again)).toHaveLength(2)
  await connect(network, again, 'a')
  network.simulation.runFor(60_000)
  for (const node of [a, b, again]) expect(contents(node)).toEqual([['stays', 'x']])
  // What was dropped, and could not be read before either, is gone from the disk too.
  expect(persistence.names.filter((name) => name.startsWith('\u0002'))).toEqual(['\u0002stays'])
})

test('a node that returns after the others have forgotten what they deleted brings nothing back, and misses nothing', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startApart(network, ['a', 'b', 'c'], {
    leaseSeconds: 60,
    leaseSecondsMax: 60,
    storeLimits: { tombstoneRetentionMs: tombstoneRetentionMs },
    limits: { exchangeAddressesMax: 0 },
  })
  await connect(network, b, 'a')
  await connect(network, c, 'a')
  const deletedAtC: string[] = []
  c.on('change', ({ type, key }) => {
    if (type === 'delete') deletedAtC.push(key)
  })
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
  network.simulation.runFor(2 * tombstoneRetentionMs)
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
