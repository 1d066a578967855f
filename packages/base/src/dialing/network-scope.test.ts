import { expect, test } from 'vitest'
import { canonicalHost, hostKey, isIpAddress, mayAdvertise, networkScope } from './network-scope.ts'

test.each([
  [
    'loopback',
    [
      '127.0.0.1',
      '127.255.255.254',
      '0.0.0.0',
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      '::1',
      '::',
      '0:0:0:0:0:0:0:1',
    ],
  ],
  ['loopback', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '::1%lo']],
  // Spellings that inet_aton takes, and what is no address at all.
  [
    'loopback',
    [
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '10.0.0.256',
      '1.2.3',
      '1::2::3',
      ':',
      '1:2:3:4:5:6:7:8:9',
      '::g',
    ],
  ],
  ['private', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1']],
  [
    'private',
    [
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'fc00::1',
      'fdff::1',
      '::ffff:10.0.0.1',
      '::ffff:c0a8:1',
      '64:ff9b::10.0.0.1',
    ],
  ],
  ['private', ['db', 'printer.local', 'node-0.svc.cluster.local', 'vault.internal', 'nas.home.arpa', '']],
  ['public', ['1.1.1.1', '172.32.0.1', '100.128.0.1', '192.167.1.1', '2001:db8::1', '::ffff:8.8.8.8', 'ff02::1']],
  ['public', ['node.example.org', 'localhost.example.org', '127.example.org', 'local.example', 'a.xlan']],
] as const)('%s: %j', (scope, hosts) => {
  const found = hosts.map((host) => networkScope(host))
  expect(found).toEqual(hosts.map(() => scope))
})

test('a node is believed about addresses that are no closer than itself', () => {
  const scopes = ['public', 'private', 'loopback'] as const
  expect(scopes.map((addressSource) => scopes.filter((told) => mayAdvertise(addressSource, told)))).toEqual([
    ['public'],
    ['public', 'private'],
    ['public', 'private', 'loopback'],
  ])
})

test('isIpAddress distinguishes addresses from names', () => {
  expect(['1.2.3.4', '::1'].every(isIpAddress)).toBe(true)
  expect(['1.2.3', 'a.b', 'localhost', 'localhost:8080', '10.0.0.5:443', ''].some(isIpAddress)).toBe(false)
})

test('an address has one spelling by which it is compared', () => {
  expect(
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', '::ffff:10.0.0.5', '10.0.0.5', 'fe80::1%eth0', 'proxy', ''].map(
      canonicalHost,
    ),
  ).toEqual(['2001:db8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:1', '10.0.0.5', '10.0.0.5', 'fe80:0:0:0:0:0:0:1', 'proxy', ''])
})

test('all addresses of a /64 are one host, and each IPv4 address is one', () => {
  expect(hostKey('2001:db8::1')).toBe(hostKey('2001:db8:0:0:ffff::9'))
  expect(hostKey('2001:db8::1')).not.toBe(hostKey('2001:db8:0:1::1'))
  expect([hostKey('192.0.2.1'), hostKey('anna'), hostKey('')]).toEqual(['192.0.2.1', 'anna', undefined])
})
