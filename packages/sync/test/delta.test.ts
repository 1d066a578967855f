import { expect, test } from 'vitest'
import { NotAMappingError } from '../src/errors.ts'
import { atHost, connect, createNetwork, port } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { Host, SimulatedNetwork } from '@ts2p/simulator'

type Task = Record<string, unknown>

type Tasks = SyncSocket<string, Task>

async function startPair(
  network: SimulatedNetwork,
  leasing: boolean,
): Promise<[a: Tasks, b: Tasks, hosts: [Host, Host]]> {
  const hosts: [Host, Host] = [network.simulation.host('a'), network.simulation.host('b')]
  const start = async (host: Host): Promise<Tasks> => {
    const options = { ...atHost(network, host), keyEncoding: 'utf8', valueEncoding: 'json', leasing } as const
    const socket = new SyncSocket<string, Task>(options)
    await socket.listen()
    return socket
  }
  return [await start(hosts[0]), await start(hosts[1]), hosts]
}

test.each([true, false])('applyDelta changes some fields and leaves the others (leasing: %s)', async (leasing) => {
  const network = createNetwork(1)
  const [a, b] = await startPair(network, leasing)
  await connect(network, b, 'a')
  expect(a.applyDelta('task', { title: 'write' })).toEqual({ title: 'write' })
  a.set('task', { title: 'write', done: false, tags: ['x'] })
  expect(a.applyDelta('task', { done: true })).toEqual({ title: 'write', done: true, tags: ['x'] })
  expect(a.applyDelta('task', {})).toEqual({ title: 'write', done: true, tags: ['x'] })
  expect(a.applyDelta('task', { tags: undefined })).toEqual({ title: 'write', done: true })
  expect(a.applyDelta('empty', {})).toEqual({})
  network.simulation.runFor(1000)
  expect(b.get('task')).toEqual({ title: 'write', done: true })
  expect(b.get('empty')).toEqual({})
})

test('without leases, changes of different fields at the same time both survive', async () => {
  const network = createNetwork(1)
  const [a, b] = await startPair(network, false)
  a.set('task', { title: 'write' })
  await connect(network, b, 'a')
  const heard: (Task | undefined)[] = []
  a.on('change', ({ value }) => heard.push(value))
  a.applyDelta('task', { by: 'a' })
  b.applyDelta('task', { due: 'today' })
  network.simulation.runFor(1000)
  expect(a.get('task')).toEqual({ title: 'write', by: 'a', due: 'today' })
  expect(b.get('task')).toEqual({ title: 'write', by: 'a', due: 'today' })
  expect(heard.at(-1)).toEqual(a.get('task'))
})

test('without leases, a whole value set later replaces the fields, and fields set later than a value that has none replace it', async () => {
  const network = createNetwork(1)
  const [a, b] = await startPair(network, false)
  await connect(network, b, 'a')
  a.applyDelta('task', { one: 1 })
  network.simulation.runFor(1000)
  b.set('task', { two: 2 })
  network.simulation.runFor(1000)
  expect(a.get('task')).toEqual({ two: 2 })
  expect(b.del('task')).toBe(true)
  network.simulation.runFor(1000)
  expect(a.has('task')).toBe(false)
  expect(a.applyDelta('task', { three: 3 })).toEqual({ three: 3 })
})

test('a value that another node made no mapping while a field was set can still be read', async () => {
  const network = createNetwork(1)
  const [a, b, hosts] = await startPair(network, false)
  a.set('task', { title: 'write' })
  await connect(network, b, 'a')
  network.partition([[hosts[0]], [hosts[1]]])
  // What a caller without types may set.
  const untyped: { set(key: string, value: unknown): unknown } = a
  untyped.set('task', 'a text')
  network.simulation.runFor(2000)
  b.applyDelta('task', { done: true })
  network.simulation.runFor(60_000)
  network.heal()
  network.simulation.runFor(90_000)
  expect(a.get('task')).toEqual({ done: true })
  expect(b.get('task')).toEqual({ done: true })
})

test('what has no fields is refused', async () => {
  const network = createNetwork(1)
  const [a] = await startPair(network, true)
  const untyped: { set(key: string, value: unknown): unknown; applyDelta(key: string, delta: unknown): unknown } = a
  untyped.set('text', 'abc')
  untyped.set('list', [1])
  for (const key of ['text', 'list']) expect(() => untyped.applyDelta(key, { x: 1 })).toThrow(NotAMappingError)
  for (const delta of ['x', null, [1], new Uint8Array(1)])
    expect(() => untyped.applyDelta('new', delta)).toThrow(NotAMappingError)
  const host = network.simulation.host('c')
  const bytes = new SyncSocket({ ...atHost(network, host), listen: { host: 'c', port } })
  bytes.set('key', 'bytes')
  expect(() => bytes.applyDelta('key', new Uint8Array(1))).toThrow(NotAMappingError)
})

test('a field called __proto__ is a field like any other', async () => {
  for (const leasing of [true, false]) {
    const [a] = await startPair(createNetwork(2), leasing)
    const delta = JSON.parse('{"__proto__": {"polluted": 1}, "x": 1}') as Task
    expect(JSON.stringify(a.applyDelta('task', delta))).toBe('{"__proto__":{"polluted":1},"x":1}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  }
})
