import { nodeIdFromHash } from '@ts2p/protocol'
import { Random } from '@ts2p/simulator'
import { expect, test } from 'vitest'
import { AddressBook } from './address-book.ts'
import type { KnownPeerNode } from './address-book.ts'

function node(index: number, host: string): KnownPeerNode {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, index)
  return { id: nodeIdFromHash(hash), hash, addresses: [{ transport: 'tcp', host, port: 1 }] }
}

function createBook(nodesMax?: number): AddressBook {
  const random = new Random(1)
  return new AddressBook({ random: () => random.float(), ...(nodesMax ? { nodesMax } : {}) })
}

test('when the book is full, any node may have to go: of those heard of long ago, some stay', () => {
  const book = createBook(100)
  for (let index = 0; index < 300; index++) book.hear(node(index, `10.0.${index >> 8}.${index & 255}`))
  const held = new Set(book.candidates(0).map(({ id }) => id))
  expect(held.size).toBe(100)
  const early = Array.from({ length: 100 }, (_, index) => node(index, 'x').id).filter((id) => held.has(id))
  expect(early.length).toBeGreaterThan(5)
})

test('at most four nodes of one public /16 network', () => {
  const book = createBook()
  for (let index = 0; index < 1000; index++) book.hear(node(index, `203.0.${index >> 8}.${index & 255}`))
  for (let index = 1000; index < 1050; index++) book.hear(node(index, `10.0.0.${index & 255}`))
  expect(book.candidates(0).length).toBe(54)
})

test('a node that could not be reached is left alone for as long as told; one without addresses is not known', () => {
  const book = createBook()
  const [a, b] = [node(1, 'a'), node(2, 'b')]
  for (const each of [a, b, { ...node(3, 'c'), addresses: [] }]) book.hear(each)
  book.rest({ transport: 'tcp', host: 'a', port: 1 }, 1000, { restMs: 60_000, isSilent: true })
  book.hear(a)
  expect(book.candidates(60_999)).toEqual([b])
  expect(book.candidates(61_000).length).toBe(2)
  expect(book.addressesOf(a.id)).toEqual(a.addresses)
  expect(book.addressesOf(node(3, 'c').id)).toEqual([])
})

const at = (host: string) => ({ transport: 'tcp', host, port: 1 })
const silent = { restMs: 60_000, isSilent: true }

test('what lists say of a node does not replace what it has said of itself, unless it is not to be reached there', () => {
  const book = createBook()
  const honest = node(1, 'honest')
  book.hear(node(1, 'rumor'))
  book.learn(honest, { isProven: false })
  book.hear(node(1, 'liar'))
  expect(book.addressesOf(honest.id)).toEqual([at('honest')])
  book.rest(at('honest'), 0, { restMs: 10_000, isSilent: false })
  book.hear(node(1, 'liar'))
  expect(book.addressesOf(honest.id)).toEqual([at('honest')])
  book.rest(at('honest'), 0, silent)
  book.hear(node(1, 'moved'))
  expect(book.addressesOf(honest.id)).toEqual([at('moved')])
})

test('10,000 nodes that lists or strangers name push out none that has answered a dial', () => {
  const book = createBook(100)
  const proven = Array.from({ length: 60 }, (_, index) => node(index, `n${index}`))
  for (const each of proven) book.learn(each, { isProven: true })
  for (let index = 1000; index < 6000; index++) book.hear(node(index, `m${index}`))
  for (let index = 6000; index < 11_000; index++) book.learn(node(index, `m${index}`), { isProven: false })
  const known = book.candidates(0)
  expect(known.length).toBe(100)
  expect(known).toEqual(expect.arrayContaining(proven))
})

test('a full book of proven nodes tests one before it is given up: it stays if it answers, and goes if it does not', () => {
  const book = createBook(10)
  for (let index = 0; index < 10; index++) book.learn(node(index, `n${index}`), { isProven: true })
  book.hear(node(11, 'heard'))
  expect(book.addressToTest).toBeUndefined()
  book.learn(node(12, 'first'), { isProven: true })
  const tested = book.addressToTest ?? at('none')
  book.answered(tested)
  expect([book.addressToTest, book.addressesOf(node(12, 'first').id)]).toEqual([undefined, []])
  book.learn(node(13, 'second'), { isProven: true })
  const gone = book.addressToTest ?? at('none')
  book.rest(gone, 0, silent)
  expect(book.addressToTest).toBeUndefined()
  expect(book.addressesOf(node(13, 'second').id)).toEqual([at('second')])
  expect(book.candidates(0).flatMap(({ addresses }) => addresses)).not.toContainEqual(gone)
})
