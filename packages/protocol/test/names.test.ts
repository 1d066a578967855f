import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { addressToString } from '../src/handshake/address.ts'
import { hashFromNodeId, identityFromKey, NodeIdCache, nodeIdFromHash, nodeIdFromKey } from '../src/identity/node-id.ts'
import { refusalName, refusals } from '../src/handshake/refusal.ts'
import { createSubnet, subnetDifference } from '../src/handshake/subnet.ts'
import { protocolVersion } from '../src/version.ts'

const key = Uint8Array.from({ length: 32 }, (_, index) => index)

describe('node ids', () => {
  test('an id is base58 of the SHA-256 of the key, and spells its hash', () => {
    const { hash, id } = identityFromKey(key)
    expect(Buffer.from(hash).toString('hex')).toBe(createHash('sha256').update(key).digest('hex'))
    expect(hashFromNodeId(id)).toEqual(hash)
    expect([nodeIdFromHash(hash), nodeIdFromKey(key)]).toEqual([id, id])
  })

  test('a key of another length and a text that is no id are refused', () => {
    expect(() => identityFromKey(new Uint8Array(31))).toThrow(RangeError)
    for (const text of ['', 'O0Il', '1', '__proto__', 'z'.repeat(100)])
      expect(() => hashFromNodeId(text)).toThrow(RangeError)
  })

  test('the cache tells keys from hashes, and forgets rather than grows', () => {
    const cache = new NodeIdCache(2)
    expect(cache.fromKey(key)).toBe(nodeIdFromKey(key))
    expect(cache.fromHash(key)).toBe(nodeIdFromHash(key))
    expect(cache.fromKey(key.toReversed())).toBe(nodeIdFromKey(key.toReversed()))
    expect(cache.fromKey(key)).toBe(nodeIdFromKey(key))
  })
})

describe('subnets', () => {
  const leases = { name: 'sync.leases', value: '3600 s' }
  const records = { name: 'mesh.signing', value: 'on' }
  const plain = { description: 'app', security: 'plaintext', terms: [records, leases] } as const

  test('each term makes another id, and says what differs', () => {
    const ours = createSubnet(plain)
    const others = [
      { ...plain, description: 'another' },
      { ...plain, security: 'tls' as const },
      { ...plain, terms: [{ ...leases, value: 'off' }, records] },
      { ...plain, terms: [] },
      { ...plain, terms: [leases, records, { name: 'toy.rules', value: '1' }] },
    ].map(createSubnet)
    expect(new Set([ours, ...others].map(({ id }) => id)).size).toBe(6)
    expect(others.map((other) => subnetDifference(ours, other))).toEqual([
      'the subnet descriptions differ',
      'the transport security is plaintext here and tls there',
      'sync.leases is 3600 s here and off there',
      'mesh.signing is on here and absent there; sync.leases is 3600 s here and absent there',
      'toy.rules is absent here and 1 there',
    ])
    expect(subnetDifference(ours, createSubnet({ ...plain, terms: [leases, records] }))).toBeUndefined()
  })

  test('terms of one name, too many, too long, or with control characters are refused', () => {
    const wrong = [
      [leases, leases],
      Array.from({ length: 33 }, (_, index) => ({ name: `${index}`, value: '' })),
      [{ ...leases, value: 'x'.repeat(129) }],
      [{ ...leases, name: 'a\0b' }],
    ]
    for (const terms of wrong) expect(() => createSubnet({ ...plain, terms })).toThrow(RangeError)
  })

  test('a description cannot be made to look like other terms', () => {
    const [one, two] = ['a\0plaintext\u00000', 'a'].map((description) => createSubnet({ ...plain, description }))
    expect(one?.id).not.toBe(two?.id)
  })
})

test('addresses print with the host of IPv6 in brackets', () => {
  expect(addressToString({ transport: 'tcp', host: '127.0.0.1', port: 1 })).toBe('tcp://127.0.0.1:1')
  expect(addressToString({ transport: 'ws', host: '::1', port: 1 })).toBe('ws://[::1]:1')
})

test('a refusal of a later version has a name, and 0 accepts', () => {
  expect(Object.values(refusals).map(refusalName)).toEqual(Object.keys(refusals))
  expect([refusalName(0), refusalName(99)]).toEqual([undefined, 'other'])
})

test('the schemas are those of this version: who changes one thinks about the version, and then changes this hash', () => {
  const folder = new URL('../proto/v1/', import.meta.url)
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).toSorted()) hash.update(readFileSync(new URL(name, folder)))
  expect([protocolVersion, hash.digest('hex')]).toEqual([
    1,
    '8707d15c512dddc4046a556e7241e1bc4a782403167e39af891e0089dd013eaf',
  ])
})
