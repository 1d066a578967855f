import { expect, test } from 'vitest'
import { addressFrom, listenOptionsFrom } from './address-option.ts'

test.each([
  ['tcp://10.0.0.7:4444', { transport: 'tcp', host: '10.0.0.7', port: 4444 }],
  ['wss://example.org:443/', { transport: 'wss', host: 'example.org', port: 443 }],
  ['tcp://[::1]:4444', { transport: 'tcp', host: '::1', port: 4444 }],
  ['example.org:4444', { host: 'example.org', port: 4444 }],
  [
    { host: 'b', port: 1, transport: 'ws' },
    { transport: 'ws', host: 'b', port: 1 },
  ],
  [
    { host: 'b', port: 1 },
    { host: 'b', port: 1 },
  ],
])('%j is an address', (option, address) => {
  expect(addressFrom('address', option)).toEqual(address)
})

test.each([
  ['tcp://10.0.0.7', 'address'],
  ['::1:4444', 'address'],
  ['', 'address'],
  [undefined, 'address'],
  [4444, 'address'],
  ['tcp://10.0.0.7:0', 'port'],
  ['tcp://10.0.0.7:65536', 'port'],
  [{ host: '', port: 1 }, 'host'],
  [{ host: 'b', port: 1.5 }, 'port'],
  [{ host: 'b', port: 1, transport: 7 }, 'transport'],
])('%j is no address', (option, argument) => {
  // What a caller without types may give.
  expect(() => addressFrom('address', option as string)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT', argument }),
  )
})

test('a number listens on that port, and an array in several places', () => {
  expect(listenOptionsFrom(undefined)).toEqual([])
  expect(listenOptionsFrom(4444)).toEqual([{ port: 4444 }])
  expect(listenOptionsFrom(['ws://0.0.0.0:0', { host: 'b' }])).toEqual([
    { transport: 'ws', host: '0.0.0.0', port: 0 },
    { host: 'b' },
  ])
  for (const [option, argument] of [
    [-1, 'listen.port'],
    ['4444', 'listen'],
    [null, 'listen'],
    [{ host: 4444 }, 'listen.host'],
  ] as const) {
    const listen = (): unknown => listenOptionsFrom(option as never)
    expect(listen).toThrow(expect.objectContaining({ code: 'ARGUMENT', argument }))
  }
})
