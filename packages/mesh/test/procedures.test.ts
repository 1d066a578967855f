import { PeerLostError } from '@ts2p/base'
import { expect, test } from 'vitest'
import { NoHandlerError, RemoteError, RequestTimeoutError } from '../src/errors.ts'
import type { MeshSocket } from '../src/mesh-socket.ts'
import { createNetwork, nodeIn, outcomeOf, settled, startChain } from './network.test-helper.ts'

/** The ends of a chain of three nodes, and what lets time pass. */
async function startEnds(seed: number): Promise<{
  a: MeshSocket
  c: MeshSocket
  pass: (ms?: number) => Promise<void>
}> {
  const network = createNetwork(seed)
  const nodes = await startChain(network, ['a', 'b', 'c'])
  const pass = async (ms = 1000): Promise<void> => {
    for (let slice = 0; slice < 10; slice += 1) {
      await settled()
      network.simulation.runFor(ms / 10)
    }
    await settled()
  }
  return { a: nodeIn(nodes, 'a').socket, c: nodeIn(nodes, 'c').socket, pass }
}

test('a call reaches a node that is no neighbor, and oneself, and resolves with what the handler returns', async () => {
  const { a, c, pass } = await startEnds(1)
  for (const socket of [a, c]) {
    socket.handle<{ x: number; y: number }, object>('add', async ({ x, y }, { from }) => {
      await settled()
      return { sum: x + y, isOurs: from === socket.id }
    })
    socket.handle('nothing', (args) => args)
  }
  const calls = [a.call(c.id, 'add', { x: 1, y: 2 }), a.call(a.id, 'add', { x: 3, y: 4 }), a.call(c.id, 'nothing')]
  await pass()
  expect(await Promise.all(calls)).toEqual([{ sum: 3, isOurs: false }, { sum: 7, isOurs: true }, undefined])
  // Calls are no messages of the application.
  expect([a.recv(), c.recv()]).toEqual([undefined, undefined])
})

test('no handler, one that throws, and a node that is gone reject at once, each with its error', async () => {
  const { a, c, pass } = await startEnds(2)
  const remove = c.handle('fail', () => {
    throw new RangeError('too much')
  })
  c.handle('later', () => Promise.reject(new Error('too late')))
  c.handle('date', () => new Date(0))
  const sentBefore = a.metrics().directSent
  const [missing, failed, later, date] = ['missing', 'fail', 'later', 'date'].map((name) =>
    outcomeOf(a.call(c.id, name)),
  )
  await pass()
  // Nobody works for them any more, so there is nothing to cancel.
  expect(a.metrics().directSent - sentBefore).toBe(4)
  expect(missing?.error).toBeInstanceOf(NoHandlerError)
  expect(missing?.error).toMatchObject({ code: 'NO_HANDLER', target: c.id, procedure: 'missing' })
  expect(failed?.error).toBeInstanceOf(RemoteError)
  expect(failed?.error).toMatchObject({ remoteName: 'RangeError', remoteMessage: 'too much' })
  expect(later?.error).toMatchObject({ remoteMessage: 'too late' })
  expect(date?.error).toMatchObject({
    remoteName: 'ArgumentError',
    remoteMessage: expect.stringContaining('result') as string,
  })
  expect(c.issues).toEqual([expect.objectContaining({ code: 'handler-failed', count: 3 })])
  remove()
  const removed = outcomeOf(a.call(c.id, 'fail'))
  await pass()
  expect(removed.error).toMatchObject({ code: 'NO_HANDLER' })
  void c.close()
  await pass(5000)
  const lost = outcomeOf(a.call(c.id, 'later'))
  await pass(5000)
  expect(lost.error).toBeInstanceOf(PeerLostError)
})

test('a caller that gives up aborts the signal of the handler, and so does a close', async () => {
  const { a, c, pass } = await startEnds(3)
  const ended: string[] = []
  c.handle<string, undefined>('wait', (name, { signal }) => {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        ended.push(name)
        reject(signal.reason as Error)
      })
    })
  })
  const controller = new AbortController()
  const aborted = outcomeOf(a.call(c.id, 'wait', 'abort', { signal: controller.signal }))
  const late = outcomeOf(a.call(c.id, 'wait', 'timeout', { timeoutMs: 2000 }))
  const closed = outcomeOf(a.call(c.id, 'wait', 'close'))
  await pass()
  expect(ended).toEqual([])
  controller.abort(new Error('changed my mind'))
  await pass(3000)
  expect([aborted.error, ended]).toEqual([new Error('changed my mind'), ['abort', 'timeout']])
  expect(late.error).toBeInstanceOf(RequestTimeoutError)
  void c.close()
  await pass(5000)
  expect([ended, closed.error !== undefined]).toEqual([['abort', 'timeout', 'close'], true])
})

test('wrong arguments of a call are refused by name', async () => {
  const { a } = await startEnds(4)
  a.handle('taken', () => 1)
  for (const [handle, argument] of [
    [() => a.handle('', () => 1), 'name'],
    [() => a.handle('taken', () => 2), 'name'],
    [() => a.handle('x', 7 as never), 'handler'],
  ] as const)
    expect(handle).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
  await expect(a.call('nobody' as never, 'x')).rejects.toMatchObject({ argument: 'id' })
  await expect(a.call(a.id, 'x', { at: [new Date(0)] })).rejects.toMatchObject({ argument: 'args.at[0]' })
  await expect(a.call(a.id, 'x', 1, { timeoutMs: -1 })).rejects.toMatchObject({ argument: 'timeoutMs' })
})
