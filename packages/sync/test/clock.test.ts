import { Random } from '@ts2p/simulator'
import type { Host } from '@ts2p/simulator'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { connect, createNetwork, outcomeOf, port, settled, startApart } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'

type Network = ReturnType<typeof createNetwork>

/** A node whose clock is off by so much, linked with some others. */
async function startSkewed(
  network: Network,
  skewMs: number,
  others: readonly string[],
  options: Partial<SyncSocketOptions<string, string>> = {},
): Promise<{ socket: SyncSocket<string, string>; host: Host; skew: (ms: number) => void }> {
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
  return { socket, host, skew: (ms) => (host.skewMs = ms) }
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

test('one neighbor cannot say whose clock is wrong, two can; half a minute does not matter, nor do leases that there are not', async () => {
  const network = createNetwork(1)
  await startApart(network, names, apart)
  const { socket: ofOne } = await startSkewed(network, 60_000, ['a'])
  expect(ofOne.set('key', 'x').get('key')).toBe('x')
  const other = createNetwork(4)
  await startApart(other, names, apart)
  const { socket: ofTwo } = await startSkewed(other, 60_000, ['a', 'b'])
  expect(() => ofTwo.set('key', 'x')).toThrow(expect.objectContaining({ code: 'CLOCK_SKEW' }))
  const second = createNetwork(2)
  await startApart(second, names, apart)
  const { socket: near } = await startSkewed(second, 25_000, names)
  expect(near.set('key', 'x').get('key')).toBe('x')
  const third = createNetwork(3)
  await startApart(third, names, { ...apart, leasing: false })
  const { socket: unleased } = await startSkewed(third, 60_000, names, { leasing: false })
  expect(unleased.set('key', 'x').get('key')).toBe('x')
})

test('whatever steps the clock makes, timestamps never go back', async () => {
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

test('two naps of 20 s, the link always busy: the node says that its clock moved, takes no clock for wrong, and writes', async () => {
  for (const seed of [1, 2, 3]) {
    const network = createNetwork(seed, { latencyMs: [1, 60] })
    const nodes = await startApart(network, names, apart)
    const { socket, host } = await startSkewed(network, 0, names)
    for (let nap = 1; nap <= 2; nap += 1) {
      network.simulation.suspend(host, 20_000)
      for (let slice = 0; slice < 300; slice += 1) {
        nodes.a.set('busy', `${slice}`)
        network.simulation.runFor(100)
      }
    }
    expect(socket.set('key', 'x').get('key')).toBe('x')
    expect(socket.issues).toEqual([expect.objectContaining({ code: 'clock-stepped', count: 2 })])
    for (const node of Object.values(nodes)) {
      expect(node.issues).toEqual([expect.objectContaining({ code: 'neighbor-silent', count: 2 })])
    }
  }
})

test('a step of the own clock is reported without any neighbor, in either direction', async () => {
  const network = createNetwork(1)
  const { socket, skew } = await startSkewed(network, 0, [])
  await socket.listen()
  network.simulation.runFor(1000)
  skew(3_600_000)
  network.simulation.runFor(1000)
  skew(0)
  network.simulation.runFor(1000)
  const about = (message: string): unknown => expect.stringContaining(message)
  expect(socket.issues).toEqual([
    expect.objectContaining({ code: 'clock-stepped', count: 2, message: about('went back by 3600 s') }),
  ])
})

test('a record that is put aside is reported once, with its owner; the holder of its key hears that its lease is contested', async () => {
  const network = createNetwork(1)
  const { a, b } = await startApart(network, ['a', 'b'], { ...apart, leaseSeconds: 10 })
  const { socket: fast } = await startSkewed(network, 45_000, ['a'], { leaseSeconds: 10 })
  await connect(network, b, 'a')
  const contested: unknown[] = []
  a.on('lease-contested', (event) => contested.push(event))
  a.set('key', 'of a')
  network.simulation.runFor(1000)
  const { token } = a.lease('key') ?? {}
  fast.set('key', 'of the future')
  network.simulation.runFor(1000)
  expect(contested).toEqual([{ key: 'key', owner: fast.id, aheadMs: expect.any(Number), token }])
  const about = (message: string): unknown => expect.stringContaining(message)
  expect(a.issues).toContainEqual(
    expect.objectContaining({ code: 'record-put-aside', count: 1, message: about(fast.id) }),
  )
  expect(a.issues).toContainEqual(expect.objectContaining({ code: 'lease-contested', message: about('45 s ahead') }))
  // A neighbor that is not linked with the fast node hears of the record as well.
  expect(b.issues).toEqual([expect.objectContaining({ code: 'record-put-aside', count: 1 })])
  network.simulation.runFor(120_000)
  expect(a.issues).toContainEqual(expect.objectContaining({ code: 'record-put-aside', count: 1 }))
})

test.each([600_000, 3_600_000])('replicated() of a node whose clock is fast by %i ms says why it waits', async (ms) => {
  const network = createNetwork(1)
  await startApart(network, ['a'], apart)
  const { socket: fast } = await startSkewed(network, ms, ['a'])
  network.simulation.runFor(2000)
  const waited = outcomeOf(fast.set('key', 'x').replicated('key', { timeoutMs: 5000 }))
  network.simulation.runFor(6000)
  await settled()
  expect(waited.error).toMatchObject({
    code: 'REPLICAS_MISSING',
    reason: expect.stringContaining(`${ms / 1000 - 5} s ahead of their clocks`),
  })
})

test('the clock of a neighbor is measured for every third of a lease, and a difference that grows is reported again', async () => {
  const network = createNetwork(1)
  const { a } = await startApart(network, ['a'], { ...apart, leaseSeconds: 10 })
  const { socket, skew } = await startSkewed(network, 0, ['a'], { leaseSeconds: 10 })
  network.simulation.runFor(5000)
  const found: number[] = []
  a.on('clocks-differ', ({ aheadMs }) => found.push(Math.round(aheadMs / 1000)))
  // Slow enough to be no step: 1.5 s each second.
  for (let second = 1; second <= 40; second += 1) {
    skew(second * 1500)
    network.simulation.runFor(1000)
  }
  expect(found).toHaveLength(2)
  expect(found[0]).toBeLessThanOrEqual(2 + 1.5 * 4)
  expect(found[1]).toBeLessThanOrEqual(30 + 1.5 * 4)
  expect(a.clockSkew(2000)).toMatchObject({ code: 'CLOCK_SKEW' })
  expect(() => a.clockSkew(-1)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }))
  expect(socket.issues.map(({ code }) => code)).toEqual(['clocks-differ'])
})
