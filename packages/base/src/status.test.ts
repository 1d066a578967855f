import { expect, test } from 'vitest'
import { Status } from './status.ts'

test('without problems it is nominal', () => {
  expect(new Status().read()).toBe('Nominal')
})

test('each kind of problem has one sentence: the last, with a count', () => {
  const status = new Status()
  status.report('clock', 'The clock is off by 5 s.')
  status.report('listener', 'A listener failed: one.')
  status.report('listener', 'A listener failed: two.')
  expect(status.read()).toEqual(['The clock is off by 5 s.', 'A listener failed: two. (2 times)'])
})

test('any number of reports of a kind takes the room of one', () => {
  const status = new Status()
  for (let count = 0; count < 100_000; count++) status.report('listener', `Number ${count}.`)
  expect(status.read()).toEqual(['Number 99999. (100000 times)'])
})
