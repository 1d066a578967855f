import { expect, test } from 'vitest'
import { urlOf } from './url.ts'

test('a node’s address becomes a URL', () => {
  expect(urlOf('ws', '127.0.0.1', 4444)).toBe('ws://127.0.0.1:4444/')
  expect(urlOf('wss', 'node.example', 443)).toBe('wss://node.example:443/')
  expect(urlOf('ws', 'bücher.example', 80)).toBe('ws://bücher.example:80/')
})

test('an IPv6 address stands in brackets', () => {
  expect(urlOf('ws', '::1', 4444)).toBe('ws://[::1]:4444/')
  expect(urlOf('wss', '2001:db8::7', 443)).toBe('wss://[2001:db8::7]:443/')
  expect(new URL(urlOf('ws', '::ffff:127.0.0.1', 80)).hostname).toBe('[::ffff:7f00:1]')
})

test('a host that would make another URL is none', () => {
  for (const host of ['', 'a/b', 'a?b', 'a#b', 'user@a', 'node:80', 'a b', 'a\n', '[::1]', 'a\\b', 'fe80::1%eth0']) {
    expect(() => urlOf('ws', host, 80)).toThrow(SyntaxError)
  }
})

test('neither is a port that there cannot be a port', () => {
  for (const port of [-1, 65_536, 1.5, Number.NaN]) expect(() => urlOf('ws', 'a', port)).toThrow(RangeError)
})
