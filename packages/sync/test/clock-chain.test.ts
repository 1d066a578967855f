import { describe, expect, test } from 'vitest'
import type { SyncSocket } from '../src/sync-socket.ts'
import { connect, createSigningNetwork, startNode } from './network.test-helper.ts'

type Network = ReturnType<typeof createSigningNetwork>

/** Three nodes in a chain: neighbors tell each other no addresses. The clock of the one in the middle is behind. */
async function startChain(behindMs: number): Promise<{
  network: Network
  first: SyncSocket<string, string>
  middle: SyncSocket<string, string>
  last: SyncSocket<string, string>
}> {
  const network = createSigningNetwork(1)
  const options = { limits: { exchangeAddressesMax: 0 }, catchUpMs: 0 }
  const [first, middle, last] = [
    await startNode(network, 'first', options),
    await startNode(network, 'middle', options),
    await startNode(network, 'last', options),
  ]
  middle.host.skewMs = -behindMs
  await connect(network, last.socket, 'middle')
  return { network, first: first.socket, middle: middle.socket, last: last.socket }
}

const minutesMs = 120_000
const hoursMs = 7_200_000

describe('a record that is ahead of the clock of the node in the middle of a chain reaches the node at the end', () => {
  test.each([
    ['is put aside there', minutesMs],
    ['is refused there', hoursMs],
  ])('when it is broadcast, and %s', async (_, behindMs) => {
    const { network, first, middle, last } = await startChain(behindMs)
    await connect(network, first, 'middle')
    for (const key of ['key', 'other']) {
      first.set(key, 'x', { leaseSeconds: 60, ephemeral: true })
      network.simulation.runFor(1000)
      expect([middle.get(key), last.get(key)]).toEqual([undefined, 'x'])
    }
  })

  test('when it comes by a reconciliation, and is put aside there', async () => {
    const { network, first, middle, last } = await startChain(minutesMs)
    first.set('key', 'x', { leaseSeconds: 60, ephemeral: true })
    await connect(network, first, 'middle')
    network.simulation.runFor(2000)
    expect([middle.get('key'), last.get('key')]).toEqual([undefined, 'x'])
    // The link carries it once: the next reconciliations find that it is known.
    const { bytes } = network
    network.simulation.runFor(60_000)
    expect(network.bytes - bytes).toBeLessThan(20_000)
  })
})

test('nodes in a ring whose clocks are all behind pass a record on once', async () => {
  const { network, first, middle, last } = await startChain(minutesMs)
  const names = ['middle', 'last'] as const
  const fourth = await startNode(network, 'fourth', { limits: { exchangeAddressesMax: 0 }, catchUpMs: 0 })
  for (const name of names) await connect(network, fourth.socket, name)
  for (const host of [fourth.host]) host.skewMs = -minutesMs
  first.set('key', 'x')
  await connect(network, first, 'middle')
  network.simulation.runFor(2000)
  const { writes } = network
  network.simulation.runFor(10_000)
  expect([middle, fourth.socket].map((socket) => socket.get('key'))).toEqual([undefined, undefined])
  expect(last.get('key')).toBe('x')
  expect(network.writes - writes).toBeLessThan(100)
})
