import { runInNewContext } from 'node:vm'
import { ArgumentError } from '@ts2p/base'
import { describe, expect, test } from 'vitest'
import { json } from './encodings.ts'
import { jsonText } from '@ts2p/base'

function failure(value: unknown): ArgumentError {
  try {
    jsonText(value)
  } catch (error) {
    if (error instanceof ArgumentError) return error
    throw error
  }
  throw new Error('It must fail.')
}

class Point {
  readonly x = 1
}
class List extends Array<number> {}

test.each<[unknown]>([
  [null],
  [true],
  [-1.5e300],
  [''],
  ['ü\n\u2028'],
  [[]],
  [{}],
  [[[], {}, [null, false]]],
  [{ '': 0, 'a b': { c: [{ d: 'e' }] }, length: 3 }],
])('whatever JSON can say reads back as it was: %j', (value) => {
  expect(jsonText(value)).toBe(JSON.stringify(value))
  expect(json().decode(json<unknown>().encode(value))).toEqual(value)
})

describe('refused, with the path', () => {
  const plain = { sub: { a: [1] } }
  test.each<[what: string, value: unknown, argument: string, message: string]>([
    ['undefined', undefined, 'value', 'value must be something that JSON can say, not undefined.'],
    ['NaN', Number.NaN, 'value', 'value must be a finite number, not NaN.'],
    [
      'Infinity',
      { items: [1, 2, Infinity] },
      'value.items[2]',
      'value.items[2] must be a finite number, not Infinity.',
    ],
    ['-Infinity', [[-Infinity]], 'value[0][0]', 'value[0][0] must be a finite number, not -Infinity.'],
    [
      'undefined in an array',
      [1, undefined],
      'value[1]',
      'value[1] must be something that JSON can say, not undefined.',
    ],
    ['a hole in an array', Array(1), 'value[0]', 'value[0] must be something that JSON can say, not undefined.'],
    ['a function', { f: () => 1 }, 'value.f', 'value.f must be something that JSON can say, not a function.'],
    ['a symbol', { s: Symbol('x') }, 'value.s', 'value.s must be something that JSON can say, not Symbol(x).'],
    ['a BigInt', { n: [5n] }, 'value.n[0]', 'value.n[0] must be something that JSON can say, not the BigInt 5.'],
    [
      'a Date',
      { when: new Date(0) },
      'value.when',
      'value.when must be plain data without toJSON, such as a text or number, not an object of Date.',
    ],
    ['a Map', new Map(), 'value', 'value must be a plain object or array, not an object of Map.'],
    ['a Set', [new Set()], 'value[0]', 'value[0] must be a plain object or array, not an object of Set.'],
    ['an instance', { p: new Point() }, 'value.p', 'value.p must be a plain object or array, not an object of Point.'],
    ['an array of a class', List.of(1), 'value', 'value must be a plain object or array, not an object of List.'],
    ['bytes', new Uint8Array(1), 'value', 'value must be a plain object or array, not an object of Uint8Array.'],
    ['an error', new Error('x'), 'value', 'value must be a plain object or array, not an object of Error.'],
    ['a boxed number', Object(1), 'value', 'value must be a plain object or array, not an object of Number.'],
    [
      'an object that inherits from a plain one',
      Object.create(plain),
      'value',
      'value must be a plain object or array, not an object of Object.',
    ],
    [
      'a name that is no identifier',
      { 'a b': { '0': Number.NaN } },
      'value["a b"]["0"]',
      'value["a b"]["0"] must be a finite number, not NaN.',
    ],
    ['the last of many', { a: [{ b: 1 }, {}, []], c: { d: 1n } }, 'value.c.d', expect.any(String) as string],
  ])('%s', (_, value, argument, message) => {
    expect(failure(value)).toMatchObject({ code: 'ARGUMENT', argument, message })
    expect(() => json<unknown>().encode(value)).toThrow(ArgumentError)
  })

  test.each([
    ['its own', { toJSON: () => 1 }],
    ['inherited', Object.create({ toJSON: () => 1 })],
    ['of an array', Object.assign([1], { toJSON: () => 1 })],
    ['a Buffer', Buffer.from('x')],
  ])('whatever has a toJSON: %s', (_, value) => {
    expect(failure({ value }).message).toMatch(/^value\.value must be plain data without toJSON/)
  })

  test('a cycle', () => {
    const value: Record<string, unknown> = { a: 1 }
    value['list'] = [0, { value }]
    expect(failure(value)).toMatchObject({
      argument: 'value.list[1].value',
      message: 'value.list[1].value contains itself, which JSON cannot say.',
    })
  })
})

describe('taken', () => {
  test('properties whose value is undefined: they are left out', () => {
    expect(jsonText({ a: undefined, b: [{ c: undefined }] })).toBe('{"b":[{}]}')
  })

  test('the same object twice, which is no cycle', () => {
    const shared = { a: 1 }
    expect(jsonText([shared, shared, { shared }])).toBe('[{"a":1},{"a":1},{"shared":{"a":1}}]')
  })

  test('objects without a prototype, frozen ones, and those of another realm', () => {
    expect(jsonText(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}')
    expect(jsonText(Object.freeze([Object.freeze({ a: 1 })]))).toBe('[{"a":1}]')
    expect(jsonText(runInNewContext('({ a: [1, { b: null }] })'))).toBe('{"a":[1,{"b":null}]}')
    expect(failure(runInNewContext('[new Map()]')).argument).toBe('value[0]')
    expect(failure(runInNewContext('[new Date()]')).argument).toBe('value[0]')
  })

  test('lone surrogates in texts, which JSON escapes, and the key __proto__', () => {
    const value: unknown = JSON.parse('{"\\ud800":"\\udc00","__proto__":[1]}')
    expect(json().decode(json<unknown>().encode(value))).toEqual(value)
  })

  test('-0, as 0', () => expect(jsonText([-0])).toBe('[0]'))
})

/** A list in a list in a list … */
function nested(depth: number): unknown {
  let value: unknown = []
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}

test('as deep as JSON.stringify can; deeper is an ArgumentError', () => {
  let depth = 1000
  const isPossible = (): boolean => {
    try {
      JSON.stringify(nested(depth))
      return true
    } catch {
      return false
    }
  }
  while (depth < 1_000_000 && isPossible()) depth *= 2
  expect(jsonText(nested(depth / 4))).toHaveLength(depth / 2 + 2)
  expect(failure(nested(1_000_000))).toMatchObject({
    argument: 'value',
    message: expect.stringMatching(/^value is too large or too deeply nested for JSON: /) as unknown,
  })
})
