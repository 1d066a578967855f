import type { SimulatedNetwork } from '@ts2p/simulator'
import { describe, expect, test } from 'vitest'
import { MemoryPersistence } from '../src/persistence/memory-persistence.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import {
  atHost,
  connect,
  createNetwork,
  createSigningNetwork,
  port,
  settled,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

const short = { leaseSeconds: 15, ephemeral: true } as const

/** What a socket tells of its keys, by type. */
function eventsOf(socket: SyncSocket<string, string>): string[] {
  const events: string[] = []
  socket.on('change', ({ type, key }) => void events.push(`${type} ${key}`))
  return events
}

/** Virtual time passes, in slices between which promises settle. */
async function pass(network: SimulatedNetwork, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await settled()
    network.simulation.runFor(100)
  }
  await settled()
}

describe('an ephemeral key', () => {
  test('ends on every node within its lease and a second when its owner crashes, with one event each', async () => {
    const network = createNetwork(1)
    const { host, socket: a } = await startNode(network, 'a')
    const [b, c] = [(await startNode(network, 'b')).socket, (await startNode(network, 'c')).socket]
    for (const socket of [b, c]) void socket.connect('a', port)
    network.simulation.runFor(3000)
    a.set('service/1', 'up', short).set('stays', 'x')
    network.simulation.runFor(60_000)
    expect([b.get('service/1'), c.lease('service/1')?.ephemeral]).toEqual(['up', true])
    const events = [b, c].map(eventsOf)
    network.crash(host)
    network.simulation.runFor(16_000)
    for (const socket of [b, c]) expect([...socket.keys()]).toEqual(['stays'])
    expect(events).toEqual([['expire service/1'], ['expire service/1']])
    network.simulation.runFor(60_000)
    expect(events.flat()).toHaveLength(2)
  })

  test('is renewed by its owner, all of one length in one message, and nobody is told', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    for (let index = 0; index < 200; index += 1) {
      a.set(`service/${index}`, 'up', short)
      if (index % 50 === 0) network.simulation.runFor(700)
    }
    network.simulation.runFor(10_000)
    const events = [a, b].map(eventsOf)
    const sentBefore = a.metrics().messagesSent
    network.simulation.runFor(60_000)
    expect(b.size).toBe(200)
    expect(events).toEqual([[], []])
    // One each five seconds.
    expect(a.metrics().messagesSent - sentBefore).toBe(12)
  })

  test('is renewed without its value: 1,000 keys take one message each interval, of 64 bytes a key beside the key', async () => {
    const network = createSigningNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    const keys = Array.from({ length: 1000 }, (_, index) => `service/${String(index).padStart(4, '0')}`)
    for (const key of keys) a.set(key, network.simulation.random.bytes(500).join(' '), short)
    network.simulation.runFor(12_000)
    const [messages, bytes] = [a.metrics().messagesSent, a.metrics().bytesSent]
    network.simulation.runFor(60_000)
    expect(a.metrics().messagesSent - messages).toBe(12)
    expect((a.metrics().bytesSent - bytes) / 12).toBeLessThan(1000 * (64 + 12))
    expect(keys.filter((key) => b.get(key) !== a.get(key))).toEqual([])
    expect(b.lease('service/0500')?.expiresAt).toBeGreaterThan(network.simulation.now + 9000)
  })

  test('is gone at once when it is deleted or released, and may then be set by others', async () => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    a.set('one', 'a', short).set('other', 'a', short)
    network.simulation.runFor(1000)
    expect(() => b.set('one', 'b')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
    expect([a.del('one'), a.release('other')]).toEqual([true, true])
    network.simulation.runFor(1000)
    expect(b.size).toBe(0)
    b.set('one', 'b')
    network.simulation.runFor(60_000)
    expect([a.get('one'), a.lease('one')?.ephemeral]).toEqual(['b', false])
  })

  test('that is set without the option stays', async () => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    a.set('key', 'a', short)
    network.simulation.runFor(1000)
    a.set('key', 'b')
    void a.close()
    network.simulation.runFor(60_000)
    expect(b.get('key')).toBe('b')
  })

  test('comes in a watch as what it does', async () => {
    const network = createNetwork(1)
    const { host, socket: a } = await startNode(network, 'a')
    const { socket: b } = await startNode(network, 'b')
    void b.connect('a', port)
    network.simulation.runFor(3000)
    a.set('key', 'up', short)
    network.simulation.runFor(1000)
    const watch = b.watch('', { initial: true })
    network.crash(host)
    network.simulation.runFor(20_000)
    // A slow reader gets the last change of a key.
    expect(await watch.next()).toMatchObject({ value: { type: 'expire', key: 'key', owner: a.id } })
  })

  test('does not outlive its node: it is not kept, and one of an earlier life is deleted when the node is back', async () => {
    const network = createNetwork(1)
    const persistence = new MemoryPersistence()
    const start = async (): Promise<SyncSocket<string, string>> => {
      const started = startNode(network, `a${network.simulation.elapsedMs}`, { persistence })
      await pass(network, 500)
      return (await started).socket
    }
    const first = await start()
    const { socket: b } = await startNode(network, 'b')
    const connected = first.connect('b', port)
    await pass(network, 3000)
    await connected
    first.set('gone', 'x', { leaseSeconds: 600, ephemeral: true }).set('kept', 'x')
    await pass(network, 2000)
    const closed = first.close()
    await pass(network, 12_000)
    await closed
    expect(b.get('gone')).toBe('x')
    const second = await start()
    expect([second.id, [...second.keys()]]).toEqual([first.id, ['kept']])
    const again = second.connect('b', port)
    await pass(network, 5000)
    await again
    expect([b.has('gone'), second.has('gone'), b.get('kept')]).toEqual([false, false, 'x'])
  })

  test('needs leases, and one of five seconds at least', async () => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    expect(() => a.set('key', 'a', { ephemeral: true, leaseSeconds: 4 })).toThrow('leaseSeconds')
    const { socket } = await startNode(network, 'u', { leasing: false })
    expect(() => socket.set('key', 'a', { ephemeral: true })).toThrow('ephemeral')
  })
})

/** A socket that says how many records it holds. */
class CountingSocket extends SyncSocket<string, string> {
  get records(): number {
    return this.store.recordCount
  }
}

test('two nodes with clocks 30 s apart drop the records of an ended key, and neither brings them back', async () => {
  const network = createNetwork(1)
  const [a, b] = [0, 30_000].map((skewMs) => {
    const host = network.simulation.host(`clock-${skewMs}`, { skewMs })
    const lengths = { leaseSeconds: 60, leaseSecondsMax: 60 }
    return new CountingSocket({ ...atHost(network, host), ...lengths, keyEncoding: 'utf8', valueEncoding: 'utf8' })
  })
  if (!a || !b) throw new Error('There are two.')
  for (const socket of [a, b]) await socket.listen()
  await connect(network, b, 'clock-0')
  a.set('key', 'x', short).set('stays', 'x')
  network.simulation.runFor(1000)
  a.del('key')
  network.simulation.runFor(60_000)
  expect([a.records, b.records]).toEqual([2, 2])
  // 120 s after its last record, rounded up to a minute; then for five comparisons.
  network.simulation.runFor(180_000)
  for (let slice = 0; slice < 15; slice += 1) {
    expect([a.records, b.records]).toEqual([1, 1])
    network.simulation.runFor(10_000)
  }
})
