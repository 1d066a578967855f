import { expect, test } from 'vitest'
import { deviceError, leave, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import { MemoryPersistence } from '../src/persistence/memory-persistence.ts'
import { connect, contents, createNetwork, outcomeOf } from './network.test-helper.ts'

const minute = 60_000

test('a kept node that is idle writes nothing for ten minutes: alone, and beside two neighbors', async () => {
  const network = createNetwork(1)
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  anna.set('key', 'value')
  await pass(network, 10_000)
  const alone = persistence.batches
  await pass(network, 10 * minute)
  expect(persistence.batches).toBe(alone)

  for (const name of ['bert', 'cleo']) {
    const { socket } = await start(network, name, {})
    await connect(network, socket, 'anna')
    socket.set(`of ${name}`, 'x')
  }
  await pass(network, 5 * minute)
  const beside = persistence.batches
  await pass(network, 10 * minute)
  expect(persistence.batches).toBe(beside)
})

test('the first write of a node that was idle for two hours has the time of now, and its lease is whole', async () => {
  const network = createNetwork(2)
  const persistence = new TestPersistence()
  const { socket: anna, host } = await start(network, 'anna', { persistence })
  const { socket: bert } = await start(network, 'bert', {})
  await connect(network, bert, 'anna')
  await pass(network, 120 * minute)
  anna.set('key', 'value')
  expect(anna.lease('key')?.acquiredAt).toBeGreaterThan(host.environment.now() - 2000)
  await pass(network)
  expect(contents(bert)).toEqual([['key', 'value']])
})

test('a write after a pause is sent once its timestamp is reserved on the disk, and all the same when the disk fails', async () => {
  const network = createNetwork(3)
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  const { socket: bert } = await start(network, 'bert', {})
  await connect(network, bert, 'anna')
  await pass(network, 10 * minute)
  const heldBefore: boolean[] = []
  persistence.beforeWrite = () => void heldBefore.push(bert.has('key'))
  anna.set('key', '1')
  anna.set('other', '1')
  await pass(network)
  expect(heldBefore[0]).toBe(false)
  expect(contents(bert)).toEqual([
    ['key', '1'],
    ['other', '1'],
  ])

  await pass(network, 10 * minute)
  persistence.beforeWrite = () => {
    throw deviceError('EIO')
  }
  anna.set('key', '2')
  await pass(network)
  expect(bert.get('key')).toBe('2')
})

test('after a pause, replicated() asks the neighbors once the write is sent to them', async () => {
  const network = createNetwork(6)
  const { socket: anna } = await start(network, 'anna', { persistence: new TestPersistence() })
  const { socket: bert } = await start(network, 'bert', {})
  await connect(network, bert, 'anna')
  await pass(network, 10 * minute)
  anna.set('key', 'value')
  const replicated = outcomeOf(anna.replicated('key', { timeoutMs: 50 }))
  await pass(network, 100)
  expect(replicated).toMatchObject({ isSettled: true, error: undefined })
})

test('what is written right before the end of a node that was idle reaches the others', async () => {
  const network = createNetwork(4)
  const { socket: anna } = await start(network, 'anna', { persistence: new MemoryPersistence() })
  const { socket: bert } = await start(network, 'bert', {})
  await connect(network, bert, 'anna')
  await pass(network, 10 * minute)
  anna.set('key', 'last')
  await leave(network, anna)
  expect(contents(bert)).toEqual([['key', 'last']])
})
