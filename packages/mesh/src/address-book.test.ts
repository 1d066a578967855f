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
  for (let index = 0; index < 300; index++) book.learn(node(index, `10.0.${index >> 8}.${index & 255}`))
  const held = new Set(book.candidates(0).map(({ id }) => id))
  expect(held.size).toBe(100)
  const early = Array.from({ length: 100 }, (_, index) => node(index, 'x').id).filter((id) => held.has(id))
  expect(early.length).toBeGreaterThan(5)
})

test('at most four nodes of one public /16 network', () => {
  const book = createBook()
  for (let index = 0; index < 1000; index++) book.learn(node(index, `203.0.${index >> 8}.${index & 255}`))
  for (let index = 1000; index < 1050; index++) book.learn(node(index, `10.0.0.${index & 255}`))
  expect(book.candidates(0).length).toBe(54)
})

test('a node that could not be reached is left alone for as long as told; one without addresses is not known', () => {
  const book = createBook()
  const [a, b] = [node(1, 'a'), node(2, 'b')]
  for (const each of [a, b, { ...node(3, 'c'), addresses: [] }]) book.learn(each)
  book.rest({ transport: 'tcp', host: 'a', port: 1 }, 1000, 60_000)
  book.learn(a)
  expect(book.candidates(60_999)).toEqual([b])
  expect(book.candidates(61_000).length).toBe(2)
  expect(book.addressesOf(a.id)).toEqual(a.addresses)
  expect(book.addressesOf(node(3, 'c').id)).toEqual([])
})
