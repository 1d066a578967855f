import { expect, test } from 'vitest'
import { decodeDirect, encodeDirect } from './direct-message.ts'
import type { Direct } from './direct-message.ts'
import { decodePackets, encodePackets } from './broadcast-message.ts'
import { PacketLists } from './packet-lists.ts'
import { directHeaderHash, portableSha256 } from './signed-message.ts'

const direct: Direct = {
  ...{ source: new Uint8Array(32), target: new Uint8Array(32), time: 1, hopsLeft: 1, dropped: undefined },
  ...{ content: new Uint8Array([1, 2, 3]), contentHash: undefined, signature: undefined },
  acknowledgment: new Uint8Array(0),
}
const contentHash = portableSha256(direct.content)

test('the hash of a content stands for one that was taken out, and for no other', () => {
  const hash = directHeaderHash(direct, portableSha256)
  const taken = { ...direct, content: new Uint8Array(0), contentHash }
  expect(directHeaderHash(decodeDirect(encodeDirect(taken)), portableSha256)).toEqual(hash)
  const forged = { ...direct, content: new Uint8Array([1, 2, 4]), contentHash }
  expect(directHeaderHash(forged, portableSha256)).not.toEqual(hash)
  expect(() => decodeDirect(encodeDirect(forged))).toThrow('direct.content_hash: beside a content')
})

test('a message of no packets is refused', () => {
  expect(() => decodePackets(encodePackets(PacketLists.of([[]])), 1)).toThrow('a message of no packets')
  expect(() => decodePackets(new Uint8Array(0), 1)).toThrow('a message of no packets')
})
