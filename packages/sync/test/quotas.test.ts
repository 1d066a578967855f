import { describe, expect, test } from 'vitest'
import { connect, contents, createNetwork, startApart } from './network.test-helper.ts'
import type { SyncSocket } from '../src/index.ts'

const minute = 60_000
const quiet = { limits: { exchangeAddressesMax: 0 } }

/** Keys with values of 20 bytes. */
function entries(count: number, prefix = 'key'): [string, string][] {
  return Array.from({ length: count }, (_, index) => [`${prefix} ${index}`, `${prefix} ${index}`.padEnd(20, '.')])
}

/** All bytes that a node has sent and received. */
function traffic(socket: SyncSocket<string, string>): number {
  const { bytesSent, bytesReceived } = socket.metrics()
  return bytesSent + bytesReceived
}

describe('deleted keys that were dropped for want of room', () => {
  // A deletion takes about 400 bytes with its proof, and half of that from its second minute on.
  const options = { ...quiet, storeLimits: { tombstoneBytesMax: 8000 } }

  test('do not come back by a node that was away, nor by one that joins by a node that dropped them', async () => {
    const network = createNetwork(1)
    const { a, b, away, late } = await startApart(network, ['a', 'b', 'away', 'late'], options)
    await connect(network, b, 'a')
    await connect(network, away, 'a')
    for (const [key, value] of entries(100)) a.set(key, value)
    network.simulation.runFor(5 * minute)
    expect(away.size).toBe(100)
    for (const link of [...(away.routingTable?.values() ?? [])]) away.disconnect(link)
    away.set('of away', 'x')
    network.simulation.runFor(minute)
    for (const [key] of entries(90)) {
      a.del(key)
      network.simulation.runFor(minute)
    }
    network.simulation.runFor(60 * minute)
    const expected = entries(100).slice(90)
    expect(contents(b)).toEqual(expected)
    await connect(network, late, 'b')
    network.simulation.runFor(minute)
    expect(contents(late)).toEqual(expected)
    await connect(network, away, 'late')
    network.simulation.runFor(5 * minute)
    const all = [...expected, ['of away', 'x']]
    for (const node of [a, b, away, late]) expect(contents(node)).toEqual(all)
  })
})

const many = 200_000

test(`${many} keys of one writer come to one that joins later, with the limits that a node has by default`, async () => {
  const network = createNetwork(1)
  const { writer, late } = await startApart(network, ['writer', 'late'], quiet)
  writer.update(entries(many))
  await connect(network, late, 'writer')
  network.simulation.runFor(minute)
  expect([late.size, late.isComplete, late.issues]).toEqual([many, true, []])
})

describe('a node without room for all', () => {
  const count = 2000

  /** Two nodes of which one has room for a quarter of the keys of the other. */
  const startFull = () => startWhole(count / 4)

  async function startWhole(keysMax: number) {
    const network = createNetwork(1)
    const { fuller } = await startApart(network, ['fuller'], quiet)
    const { full } = await startApart(network, ['full'], { ...quiet, storeLimits: { keysMax } })
    fuller.update(entries(count))
    full.set('of full', 'x')
    await connect(network, full, 'fuller')
    network.simulation.runFor(minute)
    return { network, fuller, full }
  }

  test('reports it on both sides, exchanges next to nothing when nothing changes, and what it has goes to the other', async () => {
    const { network, fuller, full } = await startFull()
    expect(full.size).toBeLessThanOrEqual(count / 4)
    expect([fuller.size, fuller.get('of full')]).toEqual([count + 1, 'x'])
    expect(full.issues.map(({ code }) => code)).toContain('store-full')
    expect(fuller.issues.map(({ code }) => code)).toContain('neighbor-full')
    // The two have told each other where their journals stand by now.
    network.simulation.runFor(5 * minute)
    const before = traffic(full)
    network.simulation.runFor(10 * minute)
    expect((traffic(full) - before) / 10).toBeLessThan(1000)
  })

  test('is sent the changes of keys that it has, at no more than twice the bytes that a node with room takes', async () => {
    const bytes = await Promise.all(
      [count / 4, count * 2].map(async (keysMax) => {
        const { network, fuller, full } = await startWhole(keysMax)
        network.simulation.runFor(5 * minute)
        const kept = [...full.keys()].filter((key) => key !== 'of full').slice(0, count / 8)
        const before = traffic(full)
        for (let write = 0; write < 1200; write += 1) {
          fuller.set(kept[write % kept.length] ?? '', `${write}`.padEnd(100, 'x'))
          network.simulation.runFor(100)
        }
        network.simulation.runFor(minute)
        for (const key of kept) expect(full.get(key)).toBe(fuller.get(key))
        return traffic(full) - before
      }),
    )
    const [ofFull = 0, ofWhole = 0] = bytes
    expect(ofFull).toBeLessThan(2 * ofWhole)
  })

  test('tells a neighbor what it has refused of its writes', async () => {
    const { network, fuller, full } = await startFull()
    const refused: object[] = []
    fuller.on('write-refused', (event) => refused.push(event))
    const [own = ''] = full.keys()
    fuller.set(own === 'of full' ? 'key 0' : own, 'y').set('new', 'x')
    network.simulation.runFor(1000)
    expect(refused).toEqual([{ key: 'new', by: full.id, token: fuller.lease('new')?.token }])
    expect(fuller.issues.find(({ code }) => code === 'write-refused')?.message).toContain(full.id)
  })

  test('takes in the rest once there is room again', async () => {
    const { network, fuller, full } = await startFull()
    full.del('of full')
    network.simulation.runFor(minute)
    fuller.clear()
    network.simulation.runFor(minute)
    expect([full.size, fuller.size]).toEqual([0, 0])
    fuller.update(entries(count / 8, 'new'))
    network.simulation.runFor(2 * minute)
    expect(contents(full)).toEqual(contents(fuller))
  })
})
