import { ClosedError } from '@ts2p/base'
import { countTimers } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import { atHost, connect, createNetwork, outcomeOf, settled, startNode } from './network.test-helper.ts'
import { deviceError, pass, start, TestPersistence } from './test-persistence.test-helper.ts'
import { SyncSocket } from '../src/sync-socket.ts'

const isClosedError: unknown = expect.any(ClosedError)

test('close() rejects every call that waits, ends the watches and leaves no timer; an abort after it is harmless', async () => {
  const network = createNetwork(1)
  const { host, socket: bert } = await startNode(network, 'bert')
  const annas = network.simulation.host('anna')
  const { environment, live } = countTimers(annas.environment)
  const anna = new SyncSocket<string, string>({
    ...{ ...atHost(network, annas), environment, keyEncoding: 'utf8', valueEncoding: 'utf8' },
    catchUpMs: 600_000,
  })
  // Bert answers nothing: connect() and caughtUp() wait for that.
  await anna.listen()
  const joined = outcomeOf(anna.connect('bert', 4444))
  for (let ms = 0; anna.routingTable === undefined && ms < 1000; ms += 1) network.simulation.runFor(1)
  network.stall(host, true)
  await settled()
  const controller = new AbortController()
  const watch = anna.watch('', { signal: controller.signal })
  const read = outcomeOf(watch.next())
  const outcomes = [
    joined,
    outcomeOf(anna.caughtUp()),
    outcomeOf(anna.replicated('key')),
    outcomeOf(anna.request(bert.id, ['question'])),
    outcomeOf(anna.sendTo(bert.id, ['message'])),
  ]
  await settled()
  expect(outcomes.map(({ isSettled }) => isSettled)).toEqual(outcomes.map(() => false))
  let times = 0
  anna.on('close', () => (times += 1))
  const closed = outcomeOf(anna.close())
  expect([times, anna.isClosed]).toEqual([1, true])
  controller.abort()
  await settled()
  expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => isClosedError))
  expect(read.value).toEqual({ done: true, value: undefined })
  for (let slice = 0; slice < 3; slice += 1) await pass(network, 10_000)
  expect([closed.isSettled, closed.error, live(), times]).toEqual([true, undefined, 0, 1])
  for (const begun of [anna.replicated('key'), anna.caughtUp(), anna.listen(), anna.writable()]) {
    await expect(begun).rejects.toBeInstanceOf(ClosedError)
  }
  expect(() => anna.watch()).toThrow(ClosedError)
})

test('closed while it opens: ready, listen() and connect() are rejected at once', async () => {
  const network = createNetwork(2)
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  const persistence = Object.assign(new TestPersistence(), {
    async *open() {
      await opened
      yield []
    },
  })
  const host = network.simulation.host('anna')
  const { environment, live } = countTimers(host.environment)
  const anna = new SyncSocket({ ...atHost(network, host), environment, persistence })
  const outcomes = [anna.ready, anna.listen(), anna.connect('bert', 4444), anna.caughtUp(), anna.flush()].map(outcomeOf)
  const closed = outcomeOf(anna.close())
  await settled()
  expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => isClosedError))
  expect(closed.isSettled).toBe(false)
  open()
  await anna.close()
  expect(live()).toBe(0)
})

test('flush() ends with a close that fails, and is rejected after it', async () => {
  const network = createNetwork(3)
  const persistence = new TestPersistence()
  const { socket: anna } = await start(network, 'anna', { persistence })
  persistence.beforeWrite = () => {
    throw deviceError('EIO')
  }
  anna.set('key', 'value')
  const flushed = outcomeOf(anna.flush())
  const closed = outcomeOf(anna.close())
  await pass(network)
  const failure: unknown = expect.objectContaining({ code: 'PERSISTENCE_FAILED' })
  expect([flushed.error, closed.error]).toEqual([failure, failure])
  await expect(anna.flush()).rejects.toBeInstanceOf(ClosedError)
})

test('what was set last still reaches the others while a close waits', async () => {
  const network = createNetwork(4)
  const [{ socket: anna }, { socket: bert }] = [await startNode(network, 'anna'), await startNode(network, 'bert')]
  await connect(network, anna, 'bert')
  anna.set('key', 'value')
  const closed = outcomeOf(anna.close())
  await pass(network)
  expect([closed.isSettled, bert.get('key')]).toEqual([true, 'value'])
})
