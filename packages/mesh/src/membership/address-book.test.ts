import { nodeIdFromHash } from '@ts2p/protocol'
import { Random } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'
import { PeerTable } from './peer-table.ts'
import type { KnownPeerNode } from './peer-table.ts'

function node(index: number, host: string): KnownPeerNode {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, index)
  return { id: nodeIdFromHash(hash), hash, addresses: [{ transport: 'tcp', host, port: 1 }] }
}

function createBook(nodesMax?: number): AddressBook {
  const random = new Random(1)
  return new AddressBook({ table: new PeerTable(), random: () => random.float(), ...(nodesMax ? { nodesMax } : {}) })
}

test('when the book is full, any node may have to go: of those heard of long ago, some stay', () => {
  const book = createBook(100)
  for (let index = 0; index < 300; index++) book.addHearsay(node(index, `10.0.${index >> 8}.${index & 255}`))
  const held = new Set(book.candidates(0).map(({ id }) => id))
  expect(held.size).toBe(100)
  const early = Array.from({ length: 100 }, (_, index) => node(index, 'x').id).filter((id) => held.has(id))
  expect(early.length).toBeGreaterThan(5)
})

test('at most four nodes of one public /16 network', () => {
  const book = createBook()
  for (let index = 0; index < 1000; index++) book.addHearsay(node(index, `203.0.${index >> 8}.${index & 255}`))
  for (let index = 1000; index < 1050; index++) book.addHearsay(node(index, `10.0.0.${index & 255}`))
  expect(book.candidates(0).length).toBe(54)
})

test('a node that could not be reached is left alone for as long as told; one without addresses is not known', () => {
  const book = createBook()
  const [a, b] = [node(1, 'a'), node(2, 'b')]
  for (const each of [a, b, { ...node(3, 'c'), addresses: [] }]) book.addHearsay(each)
  book.rest({ transport: 'tcp', host: 'a', port: 1 }, 1000, { restMs: 60_000, isSilent: true })
  book.addHearsay(a)
  expect(book.candidates(60_999)).toEqual([b])
  expect(book.candidates(61_000).length).toBe(2)
  expect(book.addressesOf(a.id)).toEqual(a.addresses)
  expect(book.addressesOf(node(3, 'c').id)).toEqual([])
})

const at = (host: string) => ({ transport: 'tcp', host, port: 1 })
const silent = { restMs: 60_000, isSilent: true }

test('lists do not replace addresses that a node announced itself, unless three dials in a row fail', () => {
  const book = createBook()
  const honest = node(1, 'honest')
  book.addHearsay(node(1, 'rumor'))
  book.learn(honest)
  book.addHearsay(node(1, 'liar'))
  for (let attempt = 0; attempt < 5; attempt += 1) book.rest(at('honest'), 0, { restMs: 10_000, isSilent: false })
  for (let attempt = 0; attempt < 2; attempt += 1) book.rest(at('honest'), 0, silent)
  book.addHearsay(node(1, 'liar'))
  expect(book.addressesOf(honest.id)).toEqual([at('honest')])
  book.rest(at('honest'), 0, silent)
  book.addHearsay(node(1, 'moved'))
  expect(book.addressesOf(honest.id)).toEqual([at('moved')])
})

test('10,000 nodes that lists or strangers name push out none that has answered a dial', () => {
  const book = createBook(100)
  const proven = Array.from({ length: 60 }, (_, index) => node(index, `n${index}`))
  for (const each of proven) book.learn(each, each.addresses[0])
  for (let index = 1000; index < 6000; index++) book.addHearsay(node(index, `m${index}`))
  for (let index = 6000; index < 11_000; index++) book.learn(node(index, `m${index}`))
  const known = book.candidates(0)
  expect(known.length).toBe(100)
  expect(known).toEqual(expect.arrayContaining(proven))
})

test('a node is proven only where it was dialed, and only while it tells that address', () => {
  const book = createBook(1)
  book.learn(node(1, 'elsewhere'), at('dialed'))
  book.addHearsay(node(2, 'heard'))
  expect(book.addressesOf(node(2, 'heard').id)).toEqual([at('heard')])
  book.learn(node(3, 'dialed'), at('dialed'))
  book.addHearsay(node(4, 'heard'))
  expect(book.addressesOf(node(4, 'heard').id)).toEqual([])
  book.learn(node(3, 'moved'))
  book.addHearsay(node(4, 'heard'))
  expect(book.addressesOf(node(4, 'heard').id)).toEqual([at('heard')])
})

test('a full book of proven nodes tests one before it is given up: it stays if it answers, and goes if it does not', () => {
  const book = createBook(10)
  for (let index = 0; index < 10; index++) book.learn(node(index, `n${index}`), at(`n${index}`))
  book.addHearsay(node(11, 'heard'))
  expect(book.toTest).toBeUndefined()
  book.learn(node(12, 'first'), at('first'))
  expect(book.toTest?.address.host).toMatch(/^n\d$/)
  book.endTest(true)
  expect([book.toTest, book.addressesOf(node(12, 'first').id)]).toEqual([undefined, []])
  book.learn(node(13, 'second'), at('second'))
  const gone = book.toTest?.id
  book.endTest(false)
  expect(book.toTest).toBeUndefined()
  expect(book.addressesOf(node(13, 'second').id)).toEqual([at('second')])
  expect(book.candidates(0).map(({ id }) => id)).not.toContain(gone)
})

test('a node that moves to a network that is full, and later leaves, leaves no trace in either', () => {
  const book = createBook()
  for (let index = 0; index < 4; index++) book.learn(node(index, `203.0.0.${index}`), at(`203.0.0.${index}`))
  for (let index = 10; index < 14; index++) {
    book.learn(node(index, `198.51.0.${index}`), at(`198.51.0.${index}`))
    book.learn(node(index, `203.0.1.${index}`), at(`203.0.1.${index}`))
    book.endTest(false)
  }
  // All of them leave, and others take their places.
  for (let index = 0; index < 14; index++) {
    for (const host of [`203.0.0.${index}`, `203.0.1.${index}`, `198.51.0.${index}`])
      for (let attempt = 0; attempt < 3; attempt++) book.rest(at(host), 0, silent)
  }
  for (let index = 100; index < 104; index++) {
    for (const each of [node(index, `198.51.1.${index}`), node(index + 100, `203.0.2.${index}`)]) {
      book.addHearsay(each)
      expect(book.addressesOf(each.id)).toEqual(each.addresses)
    }
  }
})
