import { ArgumentError } from '@ts2p/base'
import { expect, expectTypeOf, test } from 'vitest'
import { binary, json, utf8 } from '../src/dictionary/encodings.ts'
import type { Encoding } from '../src/dictionary/encodings.ts'
import { atHost, createNetwork } from './network.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import type { SyncSocketOptions } from '../src/sync-options.ts'
import type { SimulatedNetwork } from '@ts2p/simulator'

let count = 0

async function start<K = Uint8Array, V = Uint8Array>(
  network: SimulatedNetwork,
  options: Omit<SyncSocketOptions<K, V>, 'transports'>,
): Promise<SyncSocket<K, V> & { name: string }> {
  count += 1
  const name = `n${count}`
  const socket = new SyncSocket<K, V>({ ...atHost(network, network.simulation.host(name)), ...options })
  await socket.listen()
  return Object.assign(socket, { name })
}

test('json: whatever JSON can say, with its type', async () => {
  const socket = await start<string, { title: string } | null>(createNetwork(1), {
    keyEncoding: 'utf8',
    valueEncoding: 'json',
  })
  socket.set('task', { title: 'write' }).set('nothing', null)
  expect(socket.get('task')).toEqual({ title: 'write' })
  expect(socket.get('nothing', { title: 'fallback' })).toBeNull()
  expectTypeOf(socket.get('task')).toEqualTypeOf<{ title: string } | null | undefined>()
})

test('json keys: numbers and lists', async () => {
  const socket = await start<number | string[], number>(createNetwork(1), {
    keyEncoding: 'json',
    valueEncoding: 'json',
  })
  socket.set(7, 1).set(['a', 'b'], 2)
  expect([...socket.keys()]).toEqual([7, ['a', 'b']])
  expect(socket.get(['a', 'b'])).toBe(2)
})

test('json takes only what JSON can say', async () => {
  const socket = await start<string, unknown>(createNetwork(1), { keyEncoding: 'utf8', valueEncoding: 'json' })
  for (const value of [undefined, () => 1, Symbol('x')]) expect(() => socket.set('key', value)).toThrow(ArgumentError)
  expect(socket.size).toBe(0)
})

const dates: Encoding<Date> = {
  name: 'dates',
  encode: (date) => new Uint8Array(Float64Array.of(date.getTime()).buffer),
  decode: (bytes) => new Date(new Float64Array(bytes.buffer)[0] ?? 0),
}

test("an encoding of one's own", async () => {
  const socket = await start<string, Date>(createNetwork(1), { keyEncoding: 'utf8', valueEncoding: dates })
  socket.set('then', new Date(42))
  expect(socket.get('then')).toEqual(new Date(42))
})

test("an encoding of one's own gets a copy of the bytes, and must give bytes", async () => {
  const same: Encoding<Uint8Array> = { name: 'utf8', encode: (bytes) => bytes, decode: (bytes) => bytes }
  const socket = await start(createNetwork(1), { keyEncoding: same, valueEncoding: same })
  socket.set(new Uint8Array([1]), new Uint8Array([2]))
  socket.get(new Uint8Array([1]))?.fill(9)
  expect(socket.get(new Uint8Array([1]))).toEqual(new Uint8Array([2]))
  // What a caller without types may write: it is not fooled by the name either.
  const untyped: { set(key: unknown, value: unknown): unknown } = socket
  expect(() => untyped.set('key', new Uint8Array(1))).toThrow('what the encoding utf8 returns must be a Uint8Array')
})

test('the encodings that there are may be given by name or as they are', async () => {
  const byName = await start<string, unknown>(createNetwork(1), { keyEncoding: 'utf8', valueEncoding: 'json' })
  const asIs = await start<string, unknown>(createNetwork(1), { keyEncoding: utf8, valueEncoding: json() })
  const bytes = await start(createNetwork(1), { keyEncoding: binary, valueEncoding: binary })
  expect(byName.set('x', 1).get('x')).toBe(1)
  expect(asIs.set('x', 1).get('x')).toBe(1)
  expect(bytes.set('x', 'y').get('x')).toEqual(new Uint8Array([121]))
})

test('an encoding that there is not is refused', async () => {
  // What a caller without types may give.
  for (const keyEncoding of ['utf-16', {}, 7]) {
    const options: object = { keyEncoding }
    await expect(start(createNetwork(1), options)).rejects.toMatchObject({ code: 'ARGUMENT', argument: 'keyEncoding' })
  }
})
