import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../errors.ts'
import { PacketLists, PacketWriter } from './packet-lists.ts'

const packetsOf = (messages: Iterable<readonly Uint8Array[]>): number[][][] =>
  [...messages].map((packets) => packets.map((packet) => [...packet]))

test('the messages that come out are those that went in, whatever their packets', () => {
  const message = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 4 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      const lists = PacketLists.of(messages)
      expect(packetsOf(lists)).toEqual(packetsOf(messages))
      const bytes = messages.map((packets) => packets.reduce((sum, packet) => sum + packet.length, 0))
      expect(messages.map((_, index) => lists.bytesAt(index))).toEqual(bytes)
    }),
  )
})

test('lengths or counts that are not those of the bytes are refused', () => {
  const bytes = new Uint8Array(4)
  expect(new PacketLists(bytes, [1, 3], [1, 1]).size).toBe(2)
  for (const [lengths, counts] of [
    [[1, 2], [2]],
    [[1, 4], [2]],
    [[1, 3], [1]],
    [[1, 3], [3]],
    [[4], []],
  ] as const) {
    expect(() => new PacketLists(bytes, lengths, counts)).toThrow(ProtocolError)
  }
})

test('a count beyond the packets that came is refused before anything is looked for', () => {
  let reads = 0
  const lengths = new Proxy([1, 3], {
    get: (target, name) => {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1
      return Reflect.get(target, name)
    },
  })
  expect(() => new PacketLists(new Uint8Array(4), lengths, [1, 2 ** 20])).toThrow(ProtocolError)
  expect(reads).toBeLessThanOrEqual(2)
})

test('what is done to a packet, or to where it came from, changes nothing elsewhere', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const lists = new PacketLists(bytes, [1, 2], [2])
  lists.at(0)[1]?.fill(9)
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  bytes.fill(7)
  expect(packetsOf(lists)).toEqual([[[1], [9, 9]]])
})

test('a writer begins anew once its messages are taken', () => {
  const writer = new PacketWriter()
  writer.add([Uint8Array.of(1, 2), Uint8Array.of(3)])
  expect([writer.size, writer.packets, writer.bytes]).toEqual([1, 2, 3])
  expect(packetsOf(writer.finish())).toEqual([[[1, 2], [3]]])
  writer.add([Uint8Array.of(4)])
  expect(packetsOf(writer.finish())).toEqual([[[4]]])
  expect(writer.finish().size).toBe(0)
})
