import { ArgumentError, ClosedError } from '@ts2p/base'
import { InvalidKeyError, KeyTooLargeError, LeaseHeldError, StoreFullError, ValueTooLargeError } from '@ts2p/store'
import { scaled } from '@ts2p/test-config/scaled'
import { expect, test } from 'vitest'
import { KeyNotFoundError } from '../src/errors.ts'
import { contents, createNetwork, settled, startNetwork, startNode } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

test('get gives the value, or the fallback, or undefined; the empty value is a value', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  expect(socket.get('key')).toBeUndefined()
  expect(socket.get('key', null)).toBeNull()
  expect(socket.get('key', 'fallback')).toBe('fallback')
  expect(socket.set('key', '').get('key', 'fallback')).toBe('')
  expect(socket.has('key')).toBe(true)
  expect(socket.size).toBe(1)
})

test('keys may be any text: what is not ASCII is its UTF-8 bytes', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.set('测试', 'test').set('ключ', 'значение').set('🦀', '🦀')
  network.simulation.runFor(1000)
  expect(contents(b)).toEqual([
    ['ключ', 'значение'],
    ['测试', 'test'],
    ['🦀', '🦀'],
  ])
})

test('del removes a key, and tells whether there was one', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('key', 'value')
  expect(socket.del('key')).toBe(true)
  expect(socket.del('key')).toBe(false)
  expect(socket.has('key')).toBe(false)
  expect(socket.size).toBe(0)
})

test('it is read and written like a Map: delete, entries, forEach', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.update({ 'job/1': 'one', 'job/2': 'two', lock: 'mine' })
  expect([...socket.entries()]).toEqual([...socket.copy()])
  const seen: unknown[] = []
  socket.forEach((value, key, dictionary) => seen.push([value, key, dictionary === socket]))
  expect(seen).toEqual([
    ['one', 'job/1', true],
    ['two', 'job/2', true],
    ['mine', 'lock', true],
  ])
  expect([socket.delete('lock'), socket.delete('lock'), socket.has('lock')]).toEqual([true, false, false])
})

test('a prefix, as text or bytes, chooses which keys are read', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.update({ 'job/1': 'one', 'job/2': 'two', lock: 'mine', 'ключ/1': 'значение' })
  expect([...socket.keys({ prefix: 'job/' })]).toEqual(['job/1', 'job/2'])
  expect([...socket.values({ prefix: 'job/' })]).toEqual(['one', 'two'])
  expect([...socket.entries({ prefix: Uint8Array.of(108) })]).toEqual([['lock', 'mine']])
  expect([...socket.entries({ prefix: 'ключ' })]).toEqual([['ключ/1', 'значение']])
  expect([...socket.keys({ prefix: 'none' })]).toEqual([])
  expect([...socket.keys({ prefix: '' })]).toHaveLength(4)
  const wrong = [null, 'job/', { prefix: 7 }]
  for (const options of wrong) expect(() => socket.keys(options as never)).toThrow(ArgumentError)
})

test('update takes an object, a Map, or pairs', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const pairs = function* (): Generator<readonly [string, string]> {
    yield ['e', '5']
  }
  a.update({ a: '1', b: '2' })
    .update(new Map([['c', '3']]))
    .update([['d', '4']])
    .update(pairs())
  network.simulation.runFor(1000)
  expect(contents(b)).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['d', '4'],
    ['e', '5'],
  ])
})

test('update sets all or none', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.set('taken', 'by a')
  network.simulation.runFor(1000)
  expect(() => b.update({ free: 'x', taken: 'y', 'free too': 'z' })).toThrow(LeaseHeldError)
  expect(() => b.update({ free: 'x', ['long'.repeat(300)]: 'y' })).toThrow(KeyTooLargeError)
  network.simulation.runFor(1000)
  expect(contents(b)).toEqual([['taken', 'by a']])
})

const manyKeys = scaled(50_000, 150_000)

test(`update of ${manyKeys} keys in one call, and clear of them all`, async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.update(Array.from({ length: manyKeys }, (_, index) => [`key ${index}`, 'x'] as const))
  expect(socket.size).toBe(manyKeys)
  socket.clear()
  expect(socket.size).toBe(0)
})

test('what is no set of entries is refused', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  // What a caller without types may give.
  const untyped: { update(entries: unknown): unknown } = socket
  for (const entries of [null, undefined, 'text', 7, [1, 2], [['key']]]) {
    expect(() => untyped.update(entries)).toThrow(ArgumentError)
  }
  expect(socket.size).toBe(0)
})

test('keys, values, items and the dictionary itself are iterated in the order in which keys got a value', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('z', '1').set('a', '2').set('m', '3').set('z', '4')
  const keys = socket.keys()
  expect(keys.next()).toEqual({ done: false, value: 'z' })
  expect([...keys]).toEqual(['a', 'm'])
  expect([...socket.values()]).toEqual(['4', '2', '3'])
  expect([...socket.items()]).toEqual([
    ['z', '4'],
    ['a', '2'],
    ['m', '3'],
  ])
  expect([...socket]).toEqual([...socket.items()])
  for (const key of socket.keys()) if (key === 'a') socket.del('m')
  expect([...socket.keys()]).toEqual(['z', 'a'])
})

test('copy is a Map of its own', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('key', 'before')
  const copy = socket.copy()
  socket.set('key', 'after')
  expect(copy).toEqual(new Map([['key', 'before']]))
})

test('pop removes a key and returns its value, or the fallback, or throws a KeyNotFoundError', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('key', 'value')
  expect(socket.pop('key')).toBe('value')
  expect(socket.pop('key', 'fallback')).toBe('fallback')
  expect(socket.pop('key', undefined)).toBeUndefined()
  expect(() => socket.pop('key')).toThrow(KeyNotFoundError)
  expect(() => socket.pop('key')).toThrow('Give a default as the second argument, or ask with has() first')
})

test('popitem removes the last key, and throws a KeyNotFoundError when there is none', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('first', '1').set('last', '2')
  expect(socket.popitem()).toEqual(['last', '2'])
  expect(socket.popitem()).toEqual(['first', '1'])
  expect(() => socket.popitem()).toThrow(KeyNotFoundError)
})

test('setdefault leaves a value as it is, even an empty one, and sets one where there is none', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  expect(socket.setdefault('key', 'first')).toBe('first')
  expect(socket.setdefault('key', 'second')).toBe('first')
  socket.set('key', '')
  expect(socket.setdefault('key', 'third')).toBe('')
})

test('clear, pop and popitem do nothing to keys of another node', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  b.set('mine', 'x')
  a.set('yours', 'y')
  network.simulation.runFor(1000)
  for (const write of [() => b.clear(), () => b.pop('yours'), () => b.popitem(), () => b.del('yours')]) {
    expect(write).toThrow(LeaseHeldError)
  }
  network.simulation.runFor(1000)
  expect(contents(a)).toEqual([
    ['mine', 'x'],
    ['yours', 'y'],
  ])
  expect(contents(b)).toEqual([
    ['mine', 'x'],
    ['yours', 'y'],
  ])
})

test('what is too large, or no key, is refused with a typed error', async () => {
  const { socket } = await startNode(createNetwork(1), 'a', { storeLimits: { keysMax: 2 } })
  expect(() => socket.set('', 'x')).toThrow(InvalidKeyError)
  expect(() => socket.set('k'.repeat(1025), 'x')).toThrow(KeyTooLargeError)
  expect(() => socket.set('k', 'x'.repeat(2 ** 20 + 1))).toThrow(ValueTooLargeError)
  expect(() => socket.set('1', 'x').set('2', 'x').set('3', 'x')).toThrow(StoreFullError)
  const untyped: { set(key: unknown, value: unknown): unknown } = socket
  expect(() => untyped.set(7, 'x')).toThrow(ArgumentError)
  expect(() => untyped.set('x', null)).toThrow(ArgumentError)
})

test('a value of the greatest length, under a key of the greatest length, reaches the others', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  const value = Buffer.from(network.simulation.random.bytes(2 ** 19)).toString('hex')
  a.set('k'.repeat(1024), value)
  a.set('all the same', 'x'.repeat(2 ** 20))
  network.simulation.runFor(2000)
  expect(b.get('k'.repeat(1024)) === value).toBe(true)
  expect(b.get('all the same')?.length).toBe(2 ** 20)
})

test('limits under which a record would not fit into a frame are refused, as are leases of no length', async () => {
  const network = createNetwork(1)
  await expect(startNode(network, 'a', { limits: { frameBytesMax: 65_536 } })).rejects.toMatchObject({
    code: 'ARGUMENT',
    argument: 'storeLimits.valueBytesMax',
  })
  await startNode(network, 'b', { limits: { frameBytesMax: 65_536 }, storeLimits: { valueBytesMax: 60_000 } })
  for (const leaseSeconds of [0, -1, 1.5, Number.NaN]) {
    await expect(startNode(network, `c${leaseSeconds}`, { leaseSeconds })).rejects.toMatchObject({
      argument: 'leaseSeconds',
    })
  }
})

test('after close, reading goes on and writing throws a ClosedError; what was written before is sent', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  a.set('last', 'words')
  const closed = a.close()
  await settled()
  network.simulation.runFor(6000)
  await closed
  expect(a.get('last')).toBe('words')
  expect(b.get('last')).toBe('words')
  const writes = [
    () => a.set('key', 'x'),
    () => a.del('last'),
    () => a.update({}),
    () => a.clear(),
    () => a.popitem(),
    () => a.pop('last'),
    () => a.setdefault('key', 'x'),
    () => a.watch(),
    () => a.send(['x']),
  ]
  for (const write of writes) expect(write).toThrow(ClosedError)
  await expect(a.connect('b', 1)).rejects.toBeInstanceOf(ClosedError)
})

test('bytes: keys and values may be Uint8Arrays, Buffers or strings, and what comes back is a copy', async () => {
  const network = createNetwork(1)
  const host = network.simulation.host('a')
  const socket = new SyncSocket({ transports: [network.transport(host)], environment: host.environment })
  const [key, value] = [Buffer.from('key'), new Uint8Array([1, 2, 3])]
  socket.set(key, value)
  key.fill(0)
  value.fill(0)
  const first = socket.get('key')
  expect(first).toEqual(new Uint8Array([1, 2, 3]))
  first?.fill(9)
  for (const each of socket.keys()) each.fill(9)
  for (const each of socket.values()) each.fill(9)
  expect(socket.get(new Uint8Array([107, 101, 121]))).toEqual(new Uint8Array([1, 2, 3]))
  expect([...socket]).toEqual([[new Uint8Array([107, 101, 121]), new Uint8Array([1, 2, 3])]])
  socket.once('change', (change) => change.value?.fill(9))
  socket.set('key', new Uint8Array([4]))
  expect(socket.get('key')).toEqual(new Uint8Array([4]))
})
