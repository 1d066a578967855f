import { expect, test } from 'vitest'
import { ClosedError } from './errors.ts'
import { Issues } from './issues.ts'

/** An environment with a clock; its log is the list. */
function environmentAt(now: () => number, log: unknown[] = []): ConstructorParameters<typeof Issues>[0] {
  return { now, monotonicNow: now, log: (...entry) => void log.push(entry) }
}

test('a node without issues has an empty list', () => {
  expect(new Issues(environmentAt(() => 0)).list()).toEqual([])
})

test('each code has one entry: the last message, how often, and when', () => {
  let now = 1000
  const issues = new Issues(environmentAt(() => now++))
  issues.report('clock', 'The clock is off by 5 s.')
  issues.report('listener', 'A listener failed: one.')
  issues.report('listener', 'A listener failed: two.')
  expect(issues.list()).toEqual([
    { code: 'clock', message: 'The clock is off by 5 s.', count: 1, lastAt: 1000 },
    { code: 'listener', message: 'A listener failed: two.', count: 2, lastAt: 1002 },
  ])
})

test('any number of reports of a code takes the room of one', () => {
  const issues = new Issues(environmentAt(() => 0))
  for (let count = 0; count < 100_000; count++) issues.report('listener', `Number ${count}.`)
  expect(issues.list()).toEqual([{ code: 'listener', message: 'Number 99999.', count: 100_000, lastAt: 0 }])
})

test('the exception behind an issue is logged, with its stack', () => {
  const log: unknown[] = []
  const issues = new Issues(environmentAt(() => 0, log))
  const error = new Error('on purpose')
  issues.report('clock', 'The clock is off by 5 s.')
  issues.report('listener', 'A listener failed.', { error })
  // A listener that waits for an answer as the socket closes.
  issues.report('listener', 'A listener failed.', { error: new ClosedError('send') })
  expect(log).toEqual([['error', 'A listener failed.', { error }]])
  expect(issues.list()).toEqual([
    expect.objectContaining({ code: 'clock', count: 1 }),
    expect.objectContaining({ code: 'listener', count: 2 }),
  ])
})

test('exceptions that other nodes may cause do not broadcast the log: 10 at once, then one a second', () => {
  const log: unknown[] = []
  let now = 0
  const issues = new Issues(environmentAt(() => now, log))
  const fail = (count: number): void => {
    for (let index = 0; index < count; index++) issues.report('handler', 'A handler failed.', { error: index })
  }
  fail(1000)
  expect(log).toHaveLength(10)
  now = 1000
  fail(1000)
  expect(log.slice(10)).toEqual([['error', 'A handler failed.', { error: 0, unlogged: 990 }]])
  now = 100_000
  fail(1000)
  expect(log).toHaveLength(21)
  expect(issues.list()).toEqual([expect.objectContaining({ code: 'handler', count: 3000 })])
})
