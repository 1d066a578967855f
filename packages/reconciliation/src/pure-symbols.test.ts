import { expect, test } from 'vitest'
import { PureSymbols } from './pure-symbols.ts'

test('a symbol with a count of 1 or -1 is enqueued once, until it is popped', () => {
  const pure = new PureSymbols()
  for (let time = 0; time < 1000; time += 1) {
    pure.enqueueIfPure(3, 1)
    pure.enqueueIfPure(70_000, -1)
    pure.enqueueIfPure(4, 0)
    pure.enqueueIfPure(5, 2)
  }
  expect([pure.pop(), pure.pop(), pure.pop()]).toEqual([70_000, 3, undefined])
  pure.enqueueIfPure(3, 1)
  expect([pure.pop(), pure.pop()]).toEqual([3, undefined])
})
