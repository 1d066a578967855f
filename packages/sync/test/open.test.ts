import { expect, expectTypeOf, test } from 'vitest'
import { utf8 } from '../src/dictionary/encodings.ts'
import type { Json } from '../src/dictionary/json-value.ts'
import { SyncSocket } from '../src/sync-socket.ts'
import { atHost, createNetwork, outcomeOf, port, settled, startNode } from './network.test-helper.ts'
import { pass } from './test-persistence.test-helper.ts'

test('open() resolves when the node has caught up: a lease that it had not heard of is respected', async () => {
  const network = createNetwork(1)
  const { socket: anna } = await startNode(network, 'anna')
  for (let index = 0; index < 1000; index += 1) anna.set(`key ${index}`, 'of anna')
  const options = { ...atHost(network, network.simulation.host('bert')), keyEncoding: utf8, valueEncoding: utf8 }
  const opened = outcomeOf(SyncSocket.open({ ...options, join: `anna:${port}` }))
  await pass(network, 5000)
  const bert = opened.value
  expect([bert?.size, bert?.get('key 999')]).toEqual([1000, 'of anna'])
  expect(() => bert?.set('key 999', 'of bert')).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }))
})

test('the first node of a network opens after joinMs, and may write', async () => {
  const network = createNetwork(2)
  const options = { ...atHost(network, network.simulation.host('anna')), join: 'bert:1', joinMs: 300 }
  const opened = outcomeOf(SyncSocket.open({ ...options, keyEncoding: 'utf8', valueEncoding: 'json' }))
  await settled()
  network.simulation.runFor(400)
  await settled()
  expect(opened.value?.set('key', { a: [1] }).get('key')).toEqual({ a: [1] })
  expect(opened.value?.issues.map(({ code }) => code)).toEqual(['not-joined'])
})

test('waits end by a signal and by their time', async () => {
  const network = createNetwork(3)
  const { socket } = await startNode(network, 'anna')
  const aborted = { signal: AbortSignal.abort(new Error('changed my mind')) }
  socket.set('key', 'value')
  await expect(socket.replicated('key', aborted)).rejects.toThrow('changed my mind')
  await expect(socket.caughtUp(aborted)).rejects.toThrow('changed my mind')
  await expect(socket.connect('bert:1', aborted)).rejects.toThrow('changed my mind')
  const late = outcomeOf(socket.connect('tcp://nobody:1', { timeoutMs: 10 }))
  network.simulation.runFor(5)
  await settled()
  expect(late.error).toMatchObject({ code: 'ARGUMENT', argument: 'transport' })
})

test('the types of keys and values are those of the encodings', () => {
  const named = (): Promise<SyncSocket<string, Json>> =>
    SyncSocket.open({ transports: [], keyEncoding: 'utf8', valueEncoding: 'json' })
  const given = (): ReturnType<typeof named> => SyncSocket.open<string, Json>({ transports: [], keyEncoding: 'utf8' })
  const usual = (): Promise<SyncSocket> => SyncSocket.open({ transports: [] })
  expectTypeOf(named).returns.resolves.toEqualTypeOf<SyncSocket<string, Json>>()
  expectTypeOf(given).returns.resolves.toEqualTypeOf<SyncSocket<string, Json>>()
  expectTypeOf(usual).returns.resolves.toEqualTypeOf<SyncSocket>()
})
