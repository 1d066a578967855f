import { nodeIdFromHash } from '@ts2p/protocol'
import type { Address } from '@ts2p/protocol'
import { expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'
import { BanList } from './ban-list.ts'
import { ConnectionAges } from './connection-age.ts'
import { PeerTable } from './peer-table.ts'
import type { KnownPeerNode } from './peer-table.ts'

const hour = 3_600_000
const at = (host: string): Address => ({ transport: 'tcp', host, port: 1 })

function node(index: number): KnownPeerNode {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, index)
  return { id: nodeIdFromHash(hash), hash, addresses: [at(`n${index}`)] }
}

function createParts() {
  const table = new PeerTable()
  const clock = { now: 0 }
  const bans = new BanList({ table, now: () => clock.now })
  const book = new AddressBook({ table, random: () => 0 })
  return { table, clock, bans, book, ages: new ConnectionAges(table) }
}

test('a peer has one record, whatever is known about it, until nothing is', () => {
  const { table, bans, book, ages } = createParts()
  const peer = node(1)
  book.learn(peer, at('n1'))
  ages.onLink(peer.id, 1000)
  table.updatePeer(peer.id, { exchange: { sentAt: 1000, allowance: undefined } })
  bans.ban(peer.id, hour)
  bans.disconnect(peer.id)
  expect([...table.peers()]).toEqual([
    [
      peer.id,
      {
        entry: expect.objectContaining({ node: peer, provenAt: at('n1'), isAnnounced: true }),
        isDisconnected: true,
        bannedUntil: hour,
        age: { since: 1000, brokeAt: undefined },
        exchange: { sentAt: 1000, allowance: undefined },
      },
    ],
  ])
  table.updatePeer(peer.id, { entry: undefined, exchange: undefined })
  ages.onUnlink(peer.id, false, 2000)
  expect(table.peerCount).toBe(1)
  expect(bans.forgive(peer.id)).toBe(true)
  expect([table.peerCount, bans.forgive(peer.id)]).toEqual([0, false])
})

test('an address has one record until nothing is known about it, and its fields do not touch each other', () => {
  const table = new PeerTable()
  const [seed, other] = [at('seed'), at('other')]
  table.updateAddress(seed, { isSeed: true })
  table.updateAddress({ ...seed }, { isLost: true, hasAnswered: true })
  table.updateAddress(other, { isProbed: true })
  expect(table.address(seed)).toEqual({
    ...{ address: seed, isSeed: true, isLost: true, hasAnswered: true, isProbed: false },
  })
  expect([table.seeds(), table.addressCount]).toEqual([[seed], 2])
  table.updateAddress(at('third'), { isSeed: true })
  table.updateAddress(other, { isSeed: true })
  table.updateAddress(seed, { isSeed: true, isLost: true })
  expect(table.seeds()).toEqual([seed, at('third'), other])
  for (const each of [at('third'), other]) table.updateAddress(each, { isSeed: false })
  table.updateAddress(seed, { isSeed: false })
  table.updateAddress(other, { isProbed: false })
  expect([table.seeds(), table.addressCount]).toEqual([[], 1])
  table.updateAddress(seed, { isLost: false, hasAnswered: false })
  expect(table.addressCount).toBe(0)
  expect(table.address(seed).isSeed).toBe(false)
  expect(table.addressCount).toBe(0)
})

test('asking for a peer that is not known makes no record', () => {
  const { table, bans, book, ages } = createParts()
  const { id } = node(1)
  expect([bans.has(id), bans.forgive(id), book.addressesOf(id)]).toEqual([false, false, []])
  ages.onUnlink(id, true, 0)
  expect([ages.since(id), table.peerCount]).toEqual([Number.POSITIVE_INFINITY, 0])
})

test('a ban ends after its time, and the end of a link or of an entry in the book does not lift it', () => {
  const { clock, bans, book, ages } = createParts()
  const peer = node(1)
  book.learn(peer)
  ages.onLink(peer.id, 0)
  bans.ban(peer.id, hour)
  ages.onUnlink(peer.id, true, 0)
  expect([bans.has(peer.id), bans.ids().has(peer.id)]).toEqual([true, true])
  clock.now = hour
  expect([bans.has(peer.id), bans.ids().size]).toEqual([false, 0])
})

test('the records of 10,000 peers that are banned, named and linked for a moment stays within the limits of each module', () => {
  const { table, clock, bans, book, ages } = createParts()
  for (let index = 0; index < 10_000; index += 1) {
    const { id } = node(index)
    clock.now = index
    if (index % 2 === 0) bans.ban(id, hour)
    book.addHearsay(node(index))
    ages.onLink(id, index)
    ages.onUnlink(id, true, index)
  }
  // 4,096 bans, 256 entries in the book, and 64 links that broke.
  expect(table.peerCount).toBeLessThanOrEqual(4096 + 256 + 64)
  const banned = Array.from({ length: 5000 }, (_, index) => bans.has(node(index * 2).id))
  expect(banned.indexOf(true)).toBe(5000 - 4096)
  expect(banned.slice(5000 - 4096)).not.toContain(false)
})

test('a node that is banned again is the last whose ban is lifted', () => {
  const { clock, bans } = createParts()
  for (let index = 0; index < 4096; index += 1) {
    clock.now = index
    bans.ban(node(index).id, hour)
  }
  bans.ban(node(0).id, hour)
  clock.now = 4097
  bans.ban(node(4096).id, hour)
  expect([0, 1, 2].map((index) => bans.has(node(index).id))).toEqual([true, false, true])
})
