import { expect, test } from 'vitest'
import { ArgumentError, LeaseHeldError } from '../src/index.ts'
import { createDictionary, createNetwork, listening, pass, port } from './simulated.test-helper.ts'

const [a, b, c] = [97, 98, 99] as const

/** Each is 'abc' to `Buffer.from`. */
const forms = {
  'a string': 'abc',
  'a Buffer': Buffer.from('abc'),
  'a Uint8Array': new Uint8Array([a, b, c]),
  'a part of a Uint8Array': new Uint8Array([0, a, b, c, 0]).subarray(1, 4),
  'an Int8Array': new Int8Array([a, b, c]),
  'a Uint8ClampedArray': new Uint8ClampedArray([a, b, c]),
  'a Uint16Array': new Uint16Array([a, b, c]),
  'a Float64Array': new Float64Array([a, b, c]),
  'an ArrayBuffer': new Uint8Array([a, b, c]).buffer,
  'a SharedArrayBuffer': sharedBuffer([a, b, c]),
  'an array of bytes': [a, b, c],
}

test.each(Object.entries(forms))('%s is a key and a value', (_, form) => {
  const sock = createDictionary(createNetwork(1), 'anna')
  sock.set(form, form)
  expect([...sock.items()].map(String)).toEqual(['abc,abc'])
  for (const other of Object.values(forms)) {
    expect(String(sock.get(other))).toBe('abc')
    expect(sock.has(other)).toBe(true)
  }
  expect(String(sock.setdefault(form, 'else'))).toBe('abc')
  expect(String(sock.pop(form))).toBe('abc')
  sock.update([[form, form]])
  sock.update(new Map([[form, form]]))
  sock.update({ abc: form })
  expect([...sock.items()].map(String)).toEqual(['abc,abc'])
  expect(sock.del(form)).toBe(true)
  expect(sock.size).toBe(0)
})

test('negative numbers of an Int8Array are the bytes that they are', () => {
  const sock = createDictionary(createNetwork(1), 'anna')
  sock.set('key', new Int8Array([-1]))
  expect(sock.get('key')).toEqual(Buffer.from(new Int8Array([-1])))
})

test.each([
  ['a number', 5],
  ['nothing', undefined],
  ['null', null],
  ['an object', {}],
  ['an array of text', ['a']],
  ['an array of large numbers', [256]],
  ['an array of fractions', [0.5]],
  ['a typed array of large numbers', new Uint16Array([256])],
  ['a typed array of bigints', new BigInt64Array([1n])],
  ['a DataView', new DataView(new ArrayBuffer(1))],
])('%s is refused, and nothing is set', (_, wrong) => {
  const sock = createDictionary(createNetwork(1), 'anna')
  const given = wrong as never
  for (const attempt of [
    () => sock.set(given, 'value'),
    () => sock.set('key', given),
    () => sock.update({ fine: 'value', key: given }),
    () =>
      sock.update(
        new Map([
          ['fine', 'value'],
          [given, 'value'],
        ]),
      ),
    () => sock.setdefault('key', given),
    () => sock.get(given),
  ])
    expect(attempt).toThrow(ArgumentError)
  expect(sock.size).toBe(0)
})

test.each([undefined, null, 5, 'text', [['key']], [5]])('update() takes entries only, not %j', (wrong) => {
  const sock = createDictionary(createNetwork(1), 'anna')
  expect(() => sock.update(wrong as never)).toThrow(ArgumentError)
  expect(sock.size).toBe(0)
})

test.each([
  [undefined, true],
  [true, true],
  [1, true],
  ['yes', true],
  [{}, true],
  [false, false],
  [0, false],
  ['', false],
  [null, false],
])('leasing takes any value: %j is %j', async (leasing, isLeased) => {
  const network = createNetwork(1)
  const anna = createDictionary(network, 'anna', { leasing })
  const bert = createDictionary(network, 'bert', { leasing: isLeased })
  await listening(network, anna, bert)
  await Promise.all([bert.connect('anna', port), pass(network, 500)])
  anna.set('key', 'value')
  await pass(network, 500)
  const isRefused = (): boolean => {
    try {
      bert.set('key', 'mine')
      return false
    } catch (error) {
      return error instanceof LeaseHeldError
    }
  }
  expect(isRefused()).toBe(isLeased)
})

function sharedBuffer(bytes: readonly number[]): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}
