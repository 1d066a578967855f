import { LeaseHeldError } from '@ts2p/store'
import { scaled } from '@ts2p/test-config/scaled'
import { describe, expect, test } from 'vitest'
import { SyncSocket } from '../src/sync-socket.ts'
import {
  atHost,
  connect,
  contents,
  createNetwork,
  outcomeOf,
  port,
  settled,
  startApart,
  startNetwork,
  startNode,
} from './network.test-helper.ts'

/** Runs virtual time until so many seconds after the full second at which the simulation stood. */
function secondsLater(network: ReturnType<typeof createNetwork>): (seconds: number) => void {
  const startMs = Math.floor(network.simulation.elapsedMs / 1000) * 1000
  return (seconds) => network.simulation.runFor(startMs + seconds * 1000 - network.simulation.elapsedMs)
}

test('within the hour another node is refused, and told by whom the key is held and until when', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const startedAt = Math.floor(network.simulation.now / 1000) * 1000
  const until = secondsLater(network)
  a.set('key', 'a')
  until(3000)
  let error: unknown
  try {
    b.set('key', 'b')
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(LeaseHeldError)
  expect(error).toMatchObject({
    code: 'LEASE_HELD',
    key: new TextEncoder().encode('key'),
    owner: a.id,
    expiresAt: startedAt + 3_601_000,
  })
  expect(String(error)).toContain('Write it once the lease has run out, or ask its holder to delete it.')
  expect(b.get('key')).toBe('a')
})

test('a lease lives through its 3600th second, and is over after it', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const until = secondsLater(network)
  a.set('key', 'a')
  until(3600.999)
  expect(() => b.set('key', 'b')).toThrow(LeaseHeldError)
  expect(b.lease('key')?.owner).toBe(a.id)
  until(3601)
  expect(b.lease('key')).toBeUndefined()
  expect(b.get('key')).toBe('a')
  b.set('key', 'b')
  network.simulation.runFor(1000)
  expect(a.get('key')).toBe('b')
  expect(() => a.set('key', 'a again')).toThrow(LeaseHeldError)
})

test('changing a value renews its lease', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const until = secondsLater(network)
  a.set('key', 'one')
  until(3000)
  a.set('key', 'two')
  until(6600.9)
  expect(() => b.set('key', 'b')).toThrow(LeaseHeldError)
  until(6601)
  expect(b.set('key', 'b').get('key')).toBe('b')
})

test('deleting a key relinquishes its lease', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.set('key', 'a').del('key')
  network.simulation.runFor(1000)
  expect(b.lease('key')).toBeUndefined()
  expect(b.set('key', 'b').get('key')).toBe('b')
  network.simulation.runFor(1000)
  expect(a.get('key')).toBe('b')
})

test('two leases begun in one second: the smaller id has the key, on all nodes alike', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const network = createNetwork(seed)
    const nodes = await startNetwork(network, ['a', 'b', 'c', 'd'])
    const { a, b, c, d } = nodes
    const lost: string[] = []
    for (const [name, node] of Object.entries(nodes)) node.on('lease-lost', () => lost.push(name))
    secondsLater(network)(5)
    a.set('key', 'a')
    b.set('key', 'b')
    network.simulation.runFor(2000)
    const [winner, loser] = a.id < b.id ? ['a', 'b'] : ['b', 'a']
    expect([a, b, c, d].map((node) => node.get('key'))).toEqual([winner, winner, winner, winner])
    expect(lost).toEqual([loser])
  }
})

test('apart, two nodes claim one key in different seconds: the earlier has it, whoever hears of whom first', async () => {
  const network = createNetwork(1)
  const { a, b } = await startApart(network, ['a', 'b'])
  const lost: unknown[] = []
  b.on('lease-lost', (event) => lost.push(event))
  a.set('key', 'earlier')
  network.simulation.runFor(3000)
  b.set('key', 'later')
  await connect(network, b, 'a')
  expect([a, b].map((node) => node.get('key'))).toEqual(['earlier', 'earlier'])
  expect(lost).toEqual([{ key: 'key', owner: a.id }])
  expect(() => b.set('key', 'again')).toThrow(LeaseHeldError)
})

test('leasing: false lets anyone overwrite', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { leasing: false })
  a.set('key', 'a')
  network.simulation.runFor(1000)
  b.set('key', 'b')
  expect(b.lease('key')).toBeUndefined()
  network.simulation.runFor(1000)
  expect(a.get('key')).toBe('b')
  b.del('key')
  network.simulation.runFor(1000)
  expect(contents(a)).toEqual([])
})

test.each([
  ['leasing on and off', {}, { leasing: false }, 'sync.leases is 3600 s here and off there'],
  ['leases of different length', { leaseSeconds: 60 }, { leaseSeconds: 61 }, 'sync.leases is 60 s here and 61 s there'],
] as const)('%s: the nodes refuse each other, and say why', async (_, ours, theirs, difference) => {
  const network = createNetwork(1)
  const a = await startNode(network, 'a', ours)
  const b = await startNode(network, 'b', theirs)
  const refusals: unknown[] = []
  b.socket.on('refused', (error) => refusals.push(error.code))
  const refused = outcomeOf(a.socket.connect('b', port))
  network.simulation.runFor(1000)
  await settled()
  expect(refused.error).toMatchObject({ code: 'REFUSED_ANOTHER_SUBNET', difference })
  expect(refusals).toEqual(['REFUSED_ANOTHER_SUBNET'])
})

test('lease() tells owner, since when, until when, and a fencing token', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { leaseSeconds: 10 })
  secondsLater(network)(5)
  const since = network.simulation.now
  a.set('key', 'x')
  network.simulation.runFor(4000)
  a.set('key', 'y')
  network.simulation.runFor(1000)
  const token = a.lease('key')?.token
  expect(b.lease('key')).toEqual({
    owner: a.id,
    isOurs: false,
    acquiredAt: since,
    expiresAt: since + 15_000,
    token,
    leaseSeconds: 10,
    ephemeral: false,
  })
  expect(b.lease('other')).toBeUndefined()
})

test('the fencing token grows strictly, compared as a string, over renewals, deletions and takeovers', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { leaseSeconds: 2 })
  const tokens: string[] = []
  const write = (node: typeof a, value: string): void => {
    node.set('key', value)
    network.simulation.runFor(100)
    for (const each of [a, b]) expect(each.lease('key')?.token).toBe(node.lease('key')?.token)
    tokens.push(node.lease('key')?.token ?? '')
  }
  for (let round = 0; round < 40; round++) {
    write(a, 'one')
    write(a, 'two')
    a.del('key')
    network.simulation.runFor(100)
    write(b, 'three')
    network.simulation.runFor(3100)
  }
  expect(tokens).toEqual([...tokens].toSorted())
  expect(new Set(tokens).size).toBe(120)
})

test("'lease-expired' comes once, on the node whose lease has run out, and not for one that was renewed or given up", async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'], { leaseSeconds: 10 })
  const heard: string[] = []
  a.on('lease-expired', ({ key }) => heard.push(`a ${key}`))
  b.on('lease-expired', ({ key }) => heard.push(`b ${key}`))
  a.set('left', 'x').set('renewed', 'x').set('deleted', 'x')
  network.simulation.runFor(8000)
  a.set('renewed', 'y').del('deleted')
  expect(heard).toEqual([])
  network.simulation.runFor(5000)
  expect(heard).toEqual(['a left'])
  network.simulation.runFor(60_000)
  expect(heard).toEqual(['a left', 'a renewed'])
  expect(b.get('left')).toBe('x')
})

test('keys taken over in one update travel with the claims that they supersede, however they are divided into messages', async () => {
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'], { leaseSeconds: 2 })
  const value = (): string => Buffer.from(network.simulation.random.bytes(20_000)).toString('hex')
  const keys = Array.from({ length: scaled(10, 60) }, (_, index) => `key ${index}`)
  a.update(keys.map((key) => [key, value()] as const)).set('large', value().repeat(20))
  network.simulation.runFor(5000)
  b.update(keys.map((key) => [key, value()] as const)).set('large', value().repeat(20))
  network.simulation.runFor(5000)
  for (const key of [...keys, 'large']) {
    expect(a.get(key) === b.get(key)).toBe(true)
    expect(c.get(key) === b.get(key)).toBe(true)
  }
  for (const node of [a, b, c]) {
    expect(node.issues).toEqual([])
    expect(node.routingTable?.size).toBe(2)
  }
})

describe('leases of different lengths in one network', () => {
  test('each write names its own, and others may write the key when that has ended', async () => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    const until = secondsLater(network)
    a.set('short', 'a', { leaseSeconds: 5 }).update({ one: 'a', two: 'a' }, { leaseSeconds: 8 })
    until(5)
    expect([b.lease('short')?.leaseSeconds, b.lease('one')?.leaseSeconds]).toEqual([5, 8])
    expect(() => b.set('short', 'b')).toThrow(LeaseHeldError)
    until(7)
    b.set('short', 'b')
    until(8)
    expect([a.get('short'), a.lease('short')?.leaseSeconds]).toEqual(['b', 3600])
    expect(() => b.set('one', 'b')).toThrow(LeaseHeldError)
  })

  test('renew keeps the length, and nobody hears of it; release leaves the value to all', async () => {
    const network = createNetwork(1)
    const { a, b } = await startNetwork(network, ['a', 'b'])
    const until = secondsLater(network)
    a.set('key', 'a', { leaseSeconds: 5 })
    until(3)
    const heard: string[] = []
    for (const socket of [a, b]) socket.on('change', ({ key }) => void heard.push(key))
    expect([a.renew('key'), b.renew('key'), a.renew('none')]).toEqual([true, false, false])
    until(7)
    expect([heard, b.lease('key')?.owner]).toEqual([[], a.id])
    expect([b.release('key'), a.release('key'), a.release('key')]).toEqual([false, true, false])
    until(8)
    expect([b.get('key'), b.lease('key')]).toEqual(['a', undefined])
    b.set('key', 'b')
    until(9)
    expect(a.get('key')).toBe('b')
  })

  test('a change of a field keeps the length', async () => {
    const network = createNetwork(1)
    const host = network.simulation.host('a')
    const socket = new SyncSocket<string, { x?: number; y?: number }>({
      ...{ ...atHost(network, host), keyEncoding: 'utf8', valueEncoding: 'json' },
    })
    socket.set('key', { x: 1 }, { leaseSeconds: 7 }).applyDelta('key', { y: 2 })
    expect([socket.get('key'), socket.lease('key')?.leaseSeconds]).toEqual([{ x: 1, y: 2 }, 7])
  })

  test('a length that no node takes is refused where it is named, and networks with other lengths refuse each other', async () => {
    const network = createNetwork(1)
    const { a } = await startNetwork(network, ['a'])
    for (const leaseSeconds of [0, 1.5, 14_401]) {
      expect(() => a.set('key', 'a', { leaseSeconds })).toThrow(expect.objectContaining({ argument: 'leaseSeconds' }))
    }
    await expect(startNode(network, 'b', { leaseSeconds: 60, leaseSecondsMax: 59 })).rejects.toMatchObject({
      argument: 'leaseSecondsMax',
    })
    const { socket } = await startNode(network, 'c', { leaseSecondsMax: 20_000 })
    const refused = outcomeOf(socket.connect('a', port))
    network.simulation.runFor(15_000)
    await settled()
    expect(refused.error).toMatchObject({ difference: 'sync.leases is 3600 s, at most 20000 s here and 3600 s there' })
  })
})
