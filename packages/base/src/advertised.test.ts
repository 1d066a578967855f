import { expect, test } from 'vitest'
import { advertisedAddress, isLoopback, reachableAddresses } from './advertised.ts'

const at = (host: string): { transport: string; host: string; port: number } => ({ transport: 'tcp', host, port: 1 })

test('a node that listens on every interface leaves its host to be filled in', () => {
  expect(['0.0.0.0', '::', ''].map((host) => advertisedAddress(at(host)).host)).toEqual(['', '', ''])
  expect(advertisedAddress(at('192.0.2.1'))).toEqual(at('192.0.2.1'))
})

test('the host that is left out is the one that the neighbour sees; if it sees none, there is no address', () => {
  expect(reachableAddresses([at('')], '192.0.2.7')).toEqual([at('192.0.2.7')])
  expect(reachableAddresses([at('')], '')).toEqual([])
})

test("another machine's loopback is nobody's address; one's own machine's is", () => {
  const told = [at('127.0.0.1'), at('localhost'), at('::1'), at('198.51.100.3')]
  expect(reachableAddresses(told, '192.0.2.7')).toEqual([at('198.51.100.3')])
  expect(reachableAddresses(told, '127.0.0.1')).toEqual(told)
})

test('loopback is known by its names, and nothing that only looks like it', () => {
  expect(['localhost', '::1', '127.0.0.1', '127.8.9.10'].every(isLoopback)).toBe(true)
  expect(['', '128.0.0.1', '127.example.org', '10.127.0.0.1', 'localhost.example.org'].some(isLoopback)).toBe(false)
})
