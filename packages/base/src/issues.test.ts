import { expect, test } from 'vitest'
import { Issues } from './issues.ts'

test('a node without issues has an empty list', () => {
  expect(new Issues(() => 0).list()).toEqual([])
})

test('each code has one entry: the last message, how often, and when', () => {
  let now = 1000
  const issues = new Issues(() => now++)
  issues.report('clock', 'The clock is off by 5 s.')
  issues.report('listener', 'A listener failed: one.')
  issues.report('listener', 'A listener failed: two.')
  expect(issues.list()).toEqual([
    { code: 'clock', message: 'The clock is off by 5 s.', count: 1, lastAt: 1000 },
    { code: 'listener', message: 'A listener failed: two.', count: 2, lastAt: 1002 },
  ])
})

test('any number of reports of a code takes the room of one', () => {
  const issues = new Issues(() => 0)
  for (let count = 0; count < 100_000; count++) issues.report('listener', `Number ${count}.`)
  expect(issues.list()).toEqual([{ code: 'listener', message: 'Number 99999.', count: 100_000, lastAt: 0 }])
})
