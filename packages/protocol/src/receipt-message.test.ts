import { expect, test } from 'vitest'
import { ProtocolError } from './errors.ts'
import { decodeReceipt, encodeReceipt } from './receipt-message.ts'

test('a question about a record, one about all that was sent, and an answer come back as they were', () => {
  const record = { key: Uint8Array.of(1, 2, 3), id: new Uint8Array(32).fill(7) }
  expect(decodeReceipt(encodeReceipt({ nonce: 4_294_967_295, record }))).toEqual({ nonce: 4_294_967_295, record })
  expect(decodeReceipt(encodeReceipt({ nonce: 0, record: undefined }))).toEqual({ nonce: 0, record: undefined })
})

test('an id without a key, a key without an id, an id of another length, and what is no message are refused', () => {
  const [key, id] = [Uint8Array.of(1), new Uint8Array(32)]
  for (const record of [
    { key: new Uint8Array(), id },
    { key, id: new Uint8Array() },
    { key, id: new Uint8Array(31) },
  ]) {
    expect(() => decodeReceipt(encodeReceipt({ nonce: 1, record }))).toThrow(ProtocolError)
  }
  expect(() => decodeReceipt(Uint8Array.of(255, 255))).toThrow(ProtocolError)
})
