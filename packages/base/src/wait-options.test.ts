import { expect, test } from 'vitest'
import { waitFor } from './wait-options.ts'

/** Timers that run when the test says so. */
function createTimers(): {
  setTimer: (delayMs: number, callback: () => void) => () => void
  runAll: () => void
  open: () => number
} {
  const timers = new Map<object, () => void>()
  return {
    setTimer: (_, callback) => {
      const key = {}
      timers.set(key, callback)
      return () => timers.delete(key)
    },
    runAll: () => timers.forEach((callback) => callback()),
    open: () => timers.size,
  }
}

test('a wait ends with what it waited for, and leaves no timer', async () => {
  const environment = createTimers()
  const { signal } = new AbortController()
  const wait = { action: 'wait', environment, signal, timeoutMs: 1000 }
  await expect(waitFor(() => Promise.resolve('value'), wait)).resolves.toBe('value')
  await expect(waitFor(() => Promise.reject(new Error('failed')), wait)).rejects.toThrow('failed')
  expect(environment.open()).toBe(0)
})

test('a timeout names the call and the time', async () => {
  const environment = createTimers()
  const waiting = waitFor(() => new Promise(() => undefined), { action: 'catch up', environment, timeoutMs: 1000 })
  environment.runAll()
  await expect(waiting).rejects.toThrow(
    expect.objectContaining({
      code: 'TIMEOUT',
      timeoutMs: 1000,
      message: expect.stringContaining('catch up within 1000 ms') as string,
    }),
  )
})

test('an abort rejects with its reason, and before the call nothing is begun', async () => {
  const environment = createTimers()
  const controller = new AbortController()
  const wait = { action: 'wait', environment, signal: controller.signal, timeoutMs: 1000 }
  let begun = 0
  const begin = (): Promise<never> => {
    begun += 1
    return new Promise(() => undefined)
  }
  const waiting = waitFor(begin, wait)
  controller.abort(new Error('changed my mind'))
  await expect(waiting).rejects.toThrow('changed my mind')
  // What was begun may never end: no timer waits for it.
  expect(environment.open()).toBe(0)
  await expect(waitFor(begin, wait)).rejects.toThrow('changed my mind')
  expect(begun).toBe(1)
})

test('wrong wait options are refused by name', async () => {
  for (const [options, argument] of [
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: '5' }, 'timeoutMs'],
    [{ signal: {} }, 'signal'],
  ] as const) {
    const wait = { action: 'wait', environment: createTimers(), ...options } as never
    await expect(waitFor(() => Promise.resolve(), wait)).rejects.toMatchObject({ code: 'ARGUMENT', argument })
  }
})
