import { expect, test } from 'vitest'
import { PureSymbols } from './pure-symbols.ts'

test('a symbol is a candidate with one id more or less, once, until it is looked at', () => {
  const pure = new PureSymbols()
  for (let time = 0; time < 1000; time += 1) {
    pure.note(3, 1)
    pure.note(70_000, -1)
    pure.note(4, 0)
    pure.note(5, 2)
  }
  expect([pure.pop(), pure.pop(), pure.pop()]).toEqual([70_000, 3, undefined])
  pure.note(3, 1)
  expect([pure.pop(), pure.pop()]).toEqual([3, undefined])
})
