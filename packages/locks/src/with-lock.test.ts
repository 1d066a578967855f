import { outcomeOf } from '@ts2p/simulator/testing'
import { expect, test } from 'vitest'
import type { LossSignal } from './abort.ts'
import { LockLostError } from './errors.ts'
import type { Lock } from './held-lock.ts'
import type { LockOptions } from './lock.ts'
import { advance, ask, createNetwork, startNodes } from './nodes.test-helper.ts'
import type { TestNode } from './nodes.test-helper.ts'
import { withLock } from './with-lock.ts'

/** Work that ends when the test says so, and what it was given. */
function createWork(): {
  readonly work: (lock: Lock, signal: LossSignal) => Promise<string>
  readonly given: { lock?: Lock; signal?: LossSignal; calls: number }
  readonly end: () => void
  readonly fail: (error: Error) => void
} {
  let end: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<string>((resolve, reject) => {
    end = () => resolve('done')
    fail = reject
  })
  const given: { lock?: Lock; signal?: LossSignal; calls: number } = { calls: 0 }
  const work = (lock: Lock, signal: LossSignal): Promise<string> => {
    Object.assign(given, { lock, signal, calls: given.calls + 1 })
    return ended
  }
  return { work, given, end, fail }
}

async function startTwo(
  seed: number,
): Promise<{ network: ReturnType<typeof createNetwork>; a: TestNode; b: TestNode }> {
  const network = createNetwork(seed)
  const [a, b] = await startNodes(network, ['a', 'b'])
  if (!a || !b) throw new Error('two nodes')
  return { network, a, b }
}

/** A node works under the lock of the tests. */
function workAt<R>(
  { socket, host }: TestNode,
  work: (lock: Lock, signal: LossSignal) => R | Promise<R>,
  options: LockOptions<string> = {},
): { readonly isSettled: boolean; readonly value: R | undefined; readonly error: unknown } {
  return outcomeOf(withLock(socket, 'lock', work, { environment: host.environment, ...options }))
}

test('the lock is held while the work goes on, and released when it has ended: the next one works then', async () => {
  const { network, a, b } = await startTwo(1)
  const [first, second] = [createWork(), createWork()]
  const atA = workAt(a, first.work)
  await advance(network, 2000)
  const atB = workAt(b, second.work)
  // Longer than a lease.
  await advance(network, 30_000)
  expect([first.given.lock?.isHeld, first.given.signal?.aborted, second.given.calls]).toEqual([true, false, 0])
  first.end()
  await advance(network, 2000)
  expect([atA.value, first.given.lock?.isHeld, second.given.lock?.isHeld]).toEqual(['done', false, true])
  second.end()
  await advance(network, 100)
  expect([atB.value, a.socket.has('lock')]).toEqual(['done', false])
})

test('work that returns at once, throws at once, or releases the lock itself', async () => {
  const { network, a } = await startTwo(2)
  const failure = new Error('of the work')
  const outcomes = [
    workAt(a, () => 1),
    workAt(a, () => {
      throw failure
    }),
    workAt(a, (lock) => {
      lock.release()
      return 3
    }),
  ]
  await advance(network, 10_000)
  expect(outcomes.map(({ value, error }) => value ?? error)).toEqual([1, failure, 3])
  expect(a.socket.has('lock')).toBe(false)
})

test('lost meanwhile, the signal says so; the work is waited for, and what it returned does not count', async () => {
  const { network, a } = await startTwo(3)
  const { work, given, end } = createWork()
  const outcome = workAt(a, work)
  await advance(network, 2000)
  a.socket.del('lock')
  await advance(network, 100)
  expect([given.signal?.aborted, outcome.isSettled]).toEqual([true, false])
  expect(given.signal?.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'deleted' })
  end()
  await advance(network, 100)
  expect(outcome.error).toBe(given.signal?.reason)
})

/** The lock is lost during the work, which then fails. @param failureOf makes the work's error of that of the loss */
async function loseAndFail(seed: number, failureOf: (loss: Error) => Error): Promise<{ loss: Error; error: unknown }> {
  const { network, a } = await startTwo(seed)
  const { work, given, fail } = createWork()
  const outcome = workAt(a, work)
  await advance(network, 2000)
  a.socket.del('lock')
  await advance(network, 100)
  const loss = given.signal?.reason as Error
  fail(failureOf(loss))
  await advance(network, 100)
  return { loss, error: outcome.error }
}

test('lost meanwhile, and the work fails by the reason of its signal: that is the error', async () => {
  const { loss, error } = await loseAndFail(4, (reason) => reason)
  expect(error).toBe(loss)
})

test('lost meanwhile, and the work fails by an error of its own: that is the cause', async () => {
  const own = new Error('of the work')
  const { error } = await loseAndFail(10, () => own)
  expect(error).toBeInstanceOf(LockLostError)
  expect(error).toMatchObject({ reason: 'deleted', cause: own })
})

test('a socket that closes meanwhile: the lock is lost, and the work is waited for', async () => {
  const { network, a } = await startTwo(5)
  const { work, given, end } = createWork()
  const outcome = workAt(a, work)
  await advance(network, 2000)
  void a.socket.close()
  await advance(network, 1000)
  expect([given.signal?.aborted, outcome.isSettled]).toEqual([true, false])
  end()
  await advance(network, 100)
  expect(outcome.error).toMatchObject({ code: 'LOCK_LOST', reason: 'closed' })
})

test('an abort ends the wait, and the work is never called', async () => {
  const { network, a, b } = await startTwo(6)
  const held = ask(b)
  await advance(network, 2000)
  expect(held.value?.isHeld).toBe(true)
  const { work, given } = createWork()
  const controller = new AbortController()
  const outcome = workAt(a, work, { signal: controller.signal })
  await advance(network, 2000)
  controller.abort('enough')
  await advance(network, 100)
  expect(outcome.error).toMatchObject({ code: 'LOCK_ABORTED', cause: 'enough' })
  held.value?.release()
  await advance(network, 5000)
  expect([given.calls, a.socket.has('lock')]).toEqual([0, false])
})

test('an abort during the work is passed on; the lock is held until the work has ended, and what it returns counts', async () => {
  const { network, a } = await startTwo(7)
  const { work, given, end } = createWork()
  const controller = new AbortController()
  const outcome = workAt(a, work, { signal: controller.signal })
  await advance(network, 2000)
  expect(given.signal?.aborted).toBe(false)
  controller.abort('enough')
  await advance(network, 20_000)
  expect([given.signal?.aborted, given.signal?.reason, given.lock?.isHeld]).toEqual([true, 'enough', true])
  end()
  await advance(network, 100)
  expect([outcome.value, a.socket.has('lock')]).toEqual(['done', false])
})

test('a lock that cannot be released: its error after work that succeeded, both errors after work that failed', async () => {
  const { network, a } = await startTwo(8)
  const [refusal, failure] = [new Error('of the release'), new Error('of the work')]
  const refuse = (lock: Lock): void => {
    lock.release = () => {
      throw refusal
    }
  }
  const succeeded = workAt(a, refuse)
  await advance(network, 2000)
  expect(succeeded.error).toBe(refusal)
  a.socket.del('lock')
  const failed = workAt(a, (lock) => {
    refuse(lock)
    throw failure
  })
  await advance(network, 2000)
  expect(failed.error).toBeInstanceOf(AggregateError)
  expect(failed.error).toMatchObject({ errors: [failure, refusal] })
})

test('with wait: false, a lock that another node holds is refused, and the work is never called', async () => {
  const { network, a, b } = await startTwo(9)
  ask(b)
  await advance(network, 2000)
  const { work, given } = createWork()
  const outcome = workAt(a, work, { wait: false })
  await advance(network, 100)
  expect([given.calls, outcome.error]).toEqual([0, expect.objectContaining({ code: 'LOCK_HELD' })])
})
