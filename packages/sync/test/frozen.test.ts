import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNetwork, startNetwork } from './network.test-helper.ts'

// Some programs freeze Object.prototype against pollution. Assigning `toString` or `constructor` to an object then
// throws. This file's process is its own, and is frozen as far as it can be thawed again.
const prototype: object = Object.prototype
const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== '__proto__')
const before = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(prototype, name)]))

beforeAll(() => {
  for (const name of names) Object.defineProperty(prototype, name, { writable: false })
})

afterAll(() => {
  for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(prototype, name, descriptor)
})

test('with a frozen Object.prototype everything is as it was', async () => {
  expect(() => Object.assign({}, { toString: 1 })).toThrow(TypeError)
  const network = createNetwork(1)
  const { a, b, c } = await startNetwork(network, ['a', 'b', 'c'])
  a.set('__proto__', 'x').set('toString', 'y').set('constructor', 'z')
  network.simulation.runFor(1000)
  expect([...c.items()].map(([key, value]) => `${key}=${value}`).toSorted()).toEqual([
    '__proto__=x',
    'constructor=z',
    'toString=y',
  ])
  expect(() => b.set('toString', 'other')).toThrow(/is leased by/)
  a.del('toString')
  network.simulation.runFor(1000)
  expect(b.set('toString', 'other').get('toString')).toBe('other')
  expect(a.issues).toEqual([])
})
