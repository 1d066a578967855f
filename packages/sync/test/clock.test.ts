import { Random } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { createNetwork, port, settled, startApart } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'

type Network = ReturnType<typeof createNetwork>

/** A node whose clock is off by so much, linked with some others. */
async function startSkewed(
  network: Network,
  skewMs: number,
  others: readonly string[],
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<{ socket: SyncSocket<string, string>; skew: (ms: number) => void }> {
  const host = network.simulation.host('skewed', { skewMs })
  const socket = new SyncSocket<string, string>({
    transports: [network.transport(host)],
    environment: host.environment,
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    limits: { exchangeAddressesMax: 0 },
    ...options,
  })
  for (const other of others) {
    const connected = socket.connect(other, port)
    for (let slice = 0; slice < 20; slice++) {
      network.simulation.runFor(50)
      await settled()
    }
    await connected
  }
  return { socket, skew: (ms) => (host.skewMs = ms) }
}

const names = ['a', 'b', 'c'] as const
const apart = { limits: { exchangeAddressesMax: 0 } }

test.each([60_000, -60_000])(
  'a node whose clock is off by %i ms against three others writes nothing, and says why',
  async (ms) => {
    const network = createNetwork(1)
    const nodes = await startApart(network, names, apart)
    const { socket, skew } = await startSkewed(network, ms, names)
    const error = { code: 'CLOCK_SKEW', message: expect.stringContaining('60 s') as unknown }
    for (const write of [() => socket.set('key', 'x'), () => socket.update([['key', 'x']]), () => socket.del('key')]) {
      expect(write).toThrow(expect.objectContaining(error))
    }
    expect(socket.issues).toContainEqual(expect.objectContaining({ message: expect.stringContaining('Set the clock') }))
    expect(socket.get('key')).toBeUndefined()
    nodes.a.set('key', 'of a')
    network.simulation.runFor(1000)
    // Once it is set right, no link need be made anew.
    skew(0)
    network.simulation.runFor(1000)
    expect(socket.get('key')).toBe('of a')
    expect(socket.set('other', 'x').get('other')).toBe('x')
  },
)

test('a clock that steps while the links are up is noticed', async () => {
  const network = createNetwork(1)
  await startApart(network, names, apart)
  const { socket, skew } = await startSkewed(network, 0, names)
  socket.set('key', 'x')
  skew(-3_600_000)
  network.simulation.runFor(1000)
  expect(() => socket.set('key', 'y')).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
})

test('two neighbours cannot say whose clock is wrong, nor does half a minute matter, nor leases that there are not', async () => {
  const network = createNetwork(1)
  await startApart(network, names, apart)
  const { socket: ofTwo } = await startSkewed(network, 60_000, ['a', 'b'])
  expect(ofTwo.set('key', 'x').get('key')).toBe('x')
  const second = createNetwork(2)
  await startApart(second, names, apart)
  const { socket: near } = await startSkewed(second, 25_000, names)
  expect(near.set('key', 'x').get('key')).toBe('x')
  const third = createNetwork(3)
  await startApart(third, names, { ...apart, leasing: false })
  const { socket: unleased } = await startSkewed(third, 60_000, names, { leasing: false })
  expect(unleased.set('key', 'x').get('key')).toBe('x')
})

test('whatever steps the clock makes, stamps never go back', async () => {
  const network = createNetwork(1)
  const random = new Random(1)
  const { socket, skew } = await startSkewed(network, 0, [])
  let before = ''
  for (let step = 0; step < scaled(3000, 10_000); step++) {
    skew(random.integer(-86_400_000, 86_400_000))
    const token = socket.set('key', `${step}`).lease('key')?.token ?? ''
    expect(token > before).toBe(true)
    before = token
  }
})

test('beside a clock that is fast by two hours the link stays; one record is refused, and both sides say why', async () => {
  const network = createNetwork(1)
  const nodes = await startApart(network, ['a'], apart)
  const { socket: fast } = await startSkewed(network, 7_200_000, ['a'])
  let lost = 0
  fast.on('peer-disconnect', () => (lost += 1))
  fast.set('key', 'of the future')
  nodes.a.set('other', 'of a')
  for (let minute = 0; minute < 10; minute += 1) {
    network.simulation.runFor(60_000)
    await settled()
  }
  expect([lost, fast.routingTable?.size, nodes.a.routingTable?.size]).toEqual([0, 1, 1])
  expect([nodes.a.get('key'), fast.get('other')]).toEqual([undefined, 'of a'])
  const about = (message: string): unknown => expect.stringContaining(message)
  expect(nodes.a.issues).toEqual([
    expect.objectContaining({
      code: 'clocks-differ',
      count: 1,
      message: about('This node refuses what that node writes.'),
    }),
    expect.objectContaining({ code: 'record-too-far-ahead', count: 1, message: about(fast.id) }),
  ])
  expect(fast.issues).toEqual([
    expect.objectContaining({
      code: 'clocks-differ',
      count: 1,
      message: about('7200 s behind the clock of this node. That node refuses'),
    }),
  ])
  expect(network.bytes).toBeLessThan(100_000)
})

test('a machine that has slept does not report that its neighbors\u2019 clocks differ; a clock that was set does, after a minute', async () => {
  const network = createNetwork(1)
  await startApart(network, ['a'], apart)
  const { socket, skew } = await startSkewed(network, 0, ['a'])
  // The steady clock of a machine stands still while it sleeps: to it, all other clocks leap.
  skew(7_200_000)
  network.simulation.runFor(50_000)
  expect(socket.issues).toEqual([])
  network.simulation.runFor(20_000)
  expect(socket.issues).toEqual([expect.objectContaining({ code: 'clocks-differ', count: 1 })])
})
