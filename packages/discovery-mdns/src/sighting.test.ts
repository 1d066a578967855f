import { createSubnet, identityFromSeed } from '@ts2p/protocol'
import { describe, expect, test } from 'vitest'
import { lazyPushOf, serviceName } from './packets/announcement.ts'
import { decode, encode, interfacesOf } from './memory-group.test-helper.ts'
import type { ServiceRecord } from './packets/packet.ts'
import { packetBytesMax } from './packets/packet.ts'
import { sightingsIn } from './sighting.ts'

const { id } = identityFromSeed(new Uint8Array(32))
const subnet = createSubnet({ description: 'mesh', security: 'noise' })
const interfaces = interfacesOf('10.0.0.1')
const tcp = { transport: 'noise+tcp', host: '0.0.0.0', port: 4444 }

/** What others read of an announcement, by way of its bytes. */
function readBack(addresses: readonly { transport: string; host: string; port: number }[], lifetime?: number) {
  return lazyPushOf({ id, subnet, addresses }, interfaces, lifetime).flatMap((packet) => {
    const bytes = encode(packet)
    expect(bytes.length).toBeLessThan(packetBytesMax / 2)
    const read = decode(bytes)
    return read?.type === 'response' ? sightingsIn(read.records) : []
  })
}

/** The records of a sound announcement. */
function sound(): ServiceRecord[] {
  const [packet] = lazyPushOf({ id, subnet, addresses: [tcp] }, interfaces)
  return packet?.type === 'response' ? [...packet.records] : []
}

/** A sound announcement with other texts. */
function withTexts(texts: readonly string[]): ServiceRecord[] {
  return sound().map((record) => (record.type === 'TXT' ? { ...record, texts } : record))
}

describe('what is announced is what others read', () => {
  const common = { id, subnetId: subnet.id, ttlSeconds: 120 }

  test('each address of a node; one that listens on every interface has those of the network', () => {
    const ws = { transport: 'ws', host: '127.0.0.1', port: 65_535 }
    expect(readBack([tcp, ws, { transport: 'tcp', host: 'localhost', port: 1 }])).toEqual([
      { ...common, transport: 'noise+tcp', port: 4444, hosts: ['10.0.0.1'] },
      { ...common, transport: 'ws', port: 65_535, hosts: ['127.0.0.1'] },
      { ...common, transport: 'tcp', port: 1, hosts: ['127.0.0.1'] },
    ])
  })

  test('that it leaves', () => {
    expect(readBack([tcp], 0)).toEqual([
      { ...common, ttlSeconds: 0, transport: 'noise+tcp', port: 4444, hosts: ['10.0.0.1'] },
    ])
  })

  test('not where only IPv6 or a name is listened on, and at most eight addresses', () => {
    expect(
      readBack([
        { ...tcp, host: 'fe80::1' },
        { ...tcp, host: 'example.org' },
      ]),
    ).toEqual([])
    expect(readBack(Array.from({ length: 20 }, () => tcp))).toHaveLength(8)
  })
})

test('names are the same in whatever case, and of texts of one key the first counts', () => {
  const shouted = sound().map((record) => ({ ...record, name: record.name.toUpperCase() }))
  expect(sightingsIn(shouted)).toHaveLength(1)
  const texts = ['ID=' + id, `id=${'1'.repeat(32)}`, `subnet=${subnet.id}`, 'transport=tcp', 'new', 'of=later=versions']
  expect(sightingsIn(withTexts(texts))).toEqual([expect.objectContaining({ id, transport: 'tcp' })])
})

test.each([
  ['no id', [`subnet=${subnet.id}`, 'transport=tcp']],
  ['an id that is none', ['id=0OIl', `subnet=${subnet.id}`, 'transport=tcp']],
  ['an id that is too long', [`id=${'z'.repeat(200)}`, `subnet=${subnet.id}`, 'transport=tcp']],
  ['no subnet', [`id=${id}`, 'transport=tcp']],
  ['a transport that is no name', [`id=${id}`, `subnet=${subnet.id}`, 'transport=a b']],
  ['nothing', []],
])('an announcement with %s is nobody', (_, texts) => {
  expect(sightingsIn(withTexts(texts))).toEqual([])
})

test('an announcement without a port, without texts, or of another service is nobody', () => {
  expect(sightingsIn(sound().map((record) => (record.type === 'SRV' ? { ...record, port: 0 } : record)))).toEqual([])
  expect(sightingsIn(sound().filter(({ type }) => type !== 'TXT'))).toEqual([])
  const renamed = sound().map((record) => ({ ...record, name: record.name.replace(serviceName, '_http._tcp.local') }))
  expect(sightingsIn(renamed)).toEqual([])
})

test('of a packet with many nodes eight are read, and nobody is believed for longer than five minutes', () => {
  const many = sound().flatMap((record) => Array.from({ length: 50 }, () => ({ ...record, ttlSeconds: 4_000_000_000 })))
  const sightings = sightingsIn(many)
  expect(sightings).toHaveLength(8)
  expect(sightings[0]?.ttlSeconds).toBe(300)
  expect(sightings[0]?.hosts).toHaveLength(8)
})
