import { expect, test } from 'vitest'
import { compareTokens } from '../src/dictionary/fencing-token.ts'
import { createNetwork, settled, startNetwork, startNode } from './network.test-helper.ts'
import type { DictionaryChange } from '../src/sync-options.ts'

/** Reads a watch to its end, or to so many changes. */
async function read(watch: AsyncIterable<DictionaryChange<string, string>>, most = Infinity): Promise<string[]> {
  const seen: string[] = []
  for await (const change of watch) {
    seen.push(change.type === 'set' ? `${change.key}=${change.value}` : `${change.key} deleted`)
    if (seen.length >= most) break
  }
  return seen
}

test('watch tells the changes of the keys with a prefix, from this node and from others', async () => {
  const network = createNetwork(1)
  const { a, b } = await startNetwork(network, ['a', 'b'])
  b.set('job/before', 'x')
  network.simulation.runFor(1000)
  const seen = read(b.watch('job/'), 3)
  a.set('job/1', 'one').set('other', 'x')
  network.simulation.runFor(1000)
  await settled()
  a.del('job/1')
  network.simulation.runFor(1000)
  await settled()
  b.set('job/2', 'two')
  expect(await seen).toEqual(['job/1=one', 'job/1 deleted', 'job/2=two'])
})

test('with initial, a watch begins with what is there', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('x1', '1').set('y', '2').set('x2', '3')
  const watch = socket.watch('x', { initial: true })
  socket.set('x3', '4')
  expect(await read(watch, 3)).toEqual(['x1=1', 'x2=3', 'x3=4'])
  expect(await read(socket.watch('', { initial: true }), 4)).toEqual(['x1=1', 'y=2', 'x2=3', 'x3=4'])
})

test('a change tells the value before, owner, time and token', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'a')
  const watch = socket.watch()
  socket.set('key', 'x')
  const written = { owner: socket.id, at: Math.floor(network.simulation.now / 1000) * 1000 }
  const set = { type: 'set', key: 'key', value: 'x', previous: undefined, ...written }
  const { token } = socket.lease('key') ?? {}
  expect(await watch.next()).toEqual({ done: false, value: { ...set, token } })
  socket.set('key', 'y')
  const { token: second = '' } = socket.lease('key') ?? {}
  expect(await watch.next()).toEqual({ done: false, value: { ...set, value: 'y', previous: 'x', token: second } })
  expect(compareTokens(second, token ?? '')).toBe(1)
  socket.del('key')
  const { value: deletion } = await watch.next()
  expect(deletion).toMatchObject({ type: 'delete', key: 'key', value: undefined, previous: 'y', ...written })
  expect(compareTokens(deletion?.token ?? '', second)).toBe(1)
})

test('a slow reader gets the last change of each key, in the order of those', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  const watch = socket.watch()
  for (let index = 0; index < 1000; index++) socket.set('counter', `${index}`).set(`key ${index % 3}`, `${index}`)
  socket.del('key 1')
  const { value: first } = await watch.next()
  expect(first).toMatchObject({ key: 'key 2', value: '998', previous: undefined })
  expect(await read(watch, 3)).toEqual(['counter=999', 'key 0=999', 'key 1 deleted'])
})

test('a watch ends by break, by its signal, and by close, after which the changes that wait can still be read', async () => {
  const network = createNetwork(1)
  const { socket } = await startNode(network, 'a')
  const broken = socket.watch()
  socket.set('key', 'x')
  expect(await read(broken, 1)).toEqual(['key=x'])
  expect(await broken.next()).toEqual({ done: true, value: undefined })
  const abort = new AbortController()
  const aborted = socket.watch('', { signal: abort.signal })
  const closed = socket.watch()
  const waiting = read(socket.watch('nothing/'))
  socket.set('key', 'y')
  abort.abort()
  socket.set('key', 'z')
  expect(await read(aborted)).toEqual([])
  void socket.close()
  expect(await waiting).toEqual([])
  expect(await read(closed)).toEqual(['key=z'])
})

test('a reader that aborts gets no other change, however many wait', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  const abort = new AbortController()
  const watch = socket.watch('', { signal: abort.signal })
  for (let index = 0; index < 10_000; index++) socket.set(`key ${index}`, 'x')
  let seen = 0
  for await (const { key } of watch) {
    expect(key).toBe('key 0')
    seen += 1
    abort.abort()
  }
  expect(seen).toBe(1)
})

test('a signal that was given already ends a watch before it begins', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  socket.set('key', 'x')
  const watch = socket.watch('', { signal: AbortSignal.abort(), initial: true })
  socket.set('key', 'y')
  expect(await read(watch)).toEqual([])
})

test('a watch that has ended leaves nothing on its signal', async () => {
  const { socket } = await startNode(createNetwork(1), 'a')
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
  }
  const watch = socket.watch('', { signal })
  expect(listeners.size).toBe(1)
  await watch.return?.()
  expect(listeners.size).toBe(0)
})
