import { expect, test } from 'vitest'
import { compare } from './comparison.ts'

test.each([
  ['a', 'a', 'same'],
  [Number.NaN, Number.NaN, 'same'],
  [null, {}, 'different'],
  [undefined, {}, 'different'],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, 'same'],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'same'],
  [{ a: 1, b: undefined }, { a: 1, c: undefined }, 'different'],
  [[1, 2], [1], 'different'],
  [[], {}, 'different'],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2]), 'same'],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3]), 'different'],
  [new Date(0), new Date(0), 'unknown'],
  [[new Date(0), 1], [new Date(0), 2], 'different'],
  [{ at: new Date(0) }, { at: new Date(0) }, 'unknown'],
])('%o and %o: %s', (a, b, found) => expect(compare(a, b)).toBe(found))
