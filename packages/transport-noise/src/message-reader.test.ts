import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageBytesMax, MessageReader } from './message-reader.ts'
import { frameOf } from './write-messages.ts'

function messagesIn(reader: MessageReader, chunk: Uint8Array): Uint8Array[] {
  reader.push(chunk)
  const messages: Uint8Array[] = []
  for (let message = reader.next(); message; message = reader.next()) messages.push(message)
  return messages
}

function transportReader(): MessageReader {
  const reader = new MessageReader(32)
  reader.expectTransport()
  return reader
}

test('messages come out as they went in, however the stream is cut', () => {
  const message = fc.uint8Array({ minLength: 16, maxLength: 300 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(2000)), (messages, cuts) => {
      const stream = Uint8Array.from(messages.flatMap((each) => [...frameOf(each)]))
      const bounds = [0, ...cuts.filter((cut) => cut < stream.length).toSorted((a, b) => a - b), stream.length]
      const reader = transportReader()
      const read = bounds.flatMap((bound, index) =>
        messagesIn(reader, stream.subarray(bounds[index - 1] ?? 0, bound)).map((each) => each.slice()),
      )
      expect(read).toEqual(messages)
      expect(reader.reservedBytes).toBe(0)
    }),
  )
})

describe('a length that cannot be is refused on its two bytes', () => {
  test.each([0, 15])('%i bytes after the handshake', (length) => {
    expect(() => messagesIn(transportReader(), Uint8Array.of(0, length))).toThrow(
      `a message of ${length} bytes was announced where 16 to 65535 are allowed`,
    )
  })

  test.each([0, 31, 33, 65_535])('%i bytes where 32 are due', (length) => {
    const reader = new MessageReader(32)
    expect(() => messagesIn(reader, Uint8Array.of(length >>> 8, length & 0xff))).toThrow('where 32 are allowed')
  })
})

describe('memory', () => {
  test('is not taken on the word of a length', () => {
    const reader = transportReader()
    messagesIn(reader, Uint8Array.of(0xff, 0xff, 1, 2, 3))
    expect(reader.reservedBytes).toBeLessThan(16)
  })

  test('is never more than one message with its length, though it comes byte by byte', () => {
    const reader = transportReader()
    let most = 0
    const messages: Uint8Array[] = []
    for (const byte of frameOf(new Uint8Array(messageBytesMax).fill(7))) {
      messages.push(...messagesIn(reader, Uint8Array.of(byte)))
      most = Math.max(most, reader.reservedBytes)
    }
    expect(messages).toEqual([new Uint8Array(messageBytesMax).fill(7)])
    expect(most).toBe(2 + messageBytesMax)
    expect(reader.reservedBytes).toBe(0)
  })

  test('of a handshake is at most that of its message', () => {
    const reader = new MessageReader(32)
    for (const byte of [0, 32, ...new Uint8Array(31)]) messagesIn(reader, Uint8Array.of(byte))
    expect(reader.reservedBytes).toBeLessThanOrEqual(34)
  })
})
