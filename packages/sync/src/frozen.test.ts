import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNetwork, startNetwork } from './network.test-helper.ts'

// Some programs freeze Object.prototype against pollution. Assigning `toString` or `constructor` to an object then
// throws. This file's process is its own, and is frozen as far as it can be thawed again.
const names = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__')
const before = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(Object.prototype, name)]))

beforeAll(() => {
  for (const name of names) Object.defineProperty(Object.prototype, name, { writable: false })
})

afterAll(() => {
  for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(Object.prototype, name, descriptor)
})

test('with a frozen Object.prototype everything is as it was', async () => {
  expect(() => Object.assign({}, { toString: 1 })).toThrow(TypeError)
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  a.set('__proto__', 'x').set('toString', 'y').set('constructor', 'z')
  network.simulation.runFor(1000)
  expect([...c.items()].sort()).toEqual([['__proto__', 'x'], ['constructor', 'z'], ['toString', 'y']])
  expect(() => b.set('toString', 'other')).toThrow(/is leased by/)
  a.del('toString')
  network.simulation.runFor(1000)
  expect(b.set('toString', 'other').get('toString')).toBe('other')
  expect(a.status).toBe('Nominal')
})
