import { expect, test } from 'vitest'
import { advertisedAddress, reachableAddresses, addressSourceOf } from './advertised-address.ts'

const at = (host: string): { transport: string; host: string; port: number } => ({ transport: 'tcp', host, port: 1 })

test('a node that listens on every interface leaves its host to be filled in', () => {
  expect(['0.0.0.0', '::', ''].map((host) => advertisedAddress(at(host)).host)).toEqual(['', '', ''])
  expect(advertisedAddress(at('192.0.2.1'))).toEqual(at('192.0.2.1'))
})

test('the host that is left out is the one that the neighbor sees; if it sees none, there is no address', () => {
  expect(reachableAddresses([at('')], addressSourceOf({ remoteHost: '192.0.2.7' }))).toEqual([at('192.0.2.7')])
  expect(reachableAddresses([at('')], addressSourceOf({ remoteHost: '' }))).toEqual([])
})

const told = ['127.0.0.1', 'localhost', '::1', '10.0.0.1', 'db', '198.51.100.3', 'node.example.org'].map(at)

test('a page of a public site does not believe public names about private networks', () => {
  const addressSource = addressSourceOf({ remoteHost: 'node.example.org', isPublicName: true })
  expect(reachableAddresses(told, addressSource)).toEqual(told.slice(5))
})

test.each([
  ['192.0.2.7', undefined, 5],
  ['node.example.org', '192.0.2.7', 5],
  ['10.0.0.9', undefined, 3],
  ['node.example.org', '10.0.0.9', 3],
  // A page does not learn to which address a name leads.
  ['node.example.org', undefined, 3],
  ['localhost', undefined, 0],
  ['127.0.0.1', undefined, 0],
  ['', undefined, 3],
])('of what a node at %j (%j) tells, %i addresses are too close to be dialed', (remoteHost, remoteIp, dropped) => {
  expect(reachableAddresses(told, addressSourceOf({ remoteHost, remoteIp }))).toEqual(told.slice(dropped))
})
