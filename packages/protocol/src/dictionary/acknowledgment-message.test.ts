import { expect, test } from 'vitest'
import { ProtocolError } from '../errors.ts'
import {
  decodeAcknowledgmentReply,
  decodeAcknowledgmentRequest,
  encodeAcknowledgmentReply,
  encodeAcknowledgmentRequest,
  acknowledgmentRecordsMax,
} from './acknowledgment-message.ts'

const record = (length: number): { key: Uint8Array; id: Uint8Array } => ({
  key: new Uint8Array(length).fill(length),
  id: new Uint8Array(8).fill(7),
})

test('a question about records, and one about all that was sent, come back as they were', () => {
  for (const records of [[], [record(3)], [record(5), record(1), record(300)]]) {
    const question = { nonce: 4_294_967_295, records }
    expect(decodeAcknowledgmentRequest(encodeAcknowledgmentRequest(question))).toEqual(question)
  }
})

test('an answer has a bit for each record', () => {
  for (let count = 0; count <= 20; count++) {
    const held = Array.from({ length: count }, (_, index) => index % 3 === 0)
    const answer = decodeAcknowledgmentReply(encodeAcknowledgmentReply({ nonce: 9, held }))
    expect(answer.nonce).toBe(9)
    expect(answer.held.slice(0, count)).toEqual(held)
    expect(answer.held.slice(count)).not.toContain(true)
  }
})

test('ids that are not one for each key, keys that are cut off, too many records, and what is no message are refused', () => {
  for (const id of [new Uint8Array(0), new Uint8Array(7), new Uint8Array(9)]) {
    const bytes = encodeAcknowledgmentRequest({ nonce: 1, records: [{ key: Uint8Array.of(1), id }] })
    expect(() => decodeAcknowledgmentRequest(bytes)).toThrow(ProtocolError)
  }
  const many = Array.from({ length: acknowledgmentRecordsMax + 1 }, () => record(1))
  expect(() => decodeAcknowledgmentRequest(encodeAcknowledgmentRequest({ nonce: 1, records: many }))).toThrow(
    ProtocolError,
  )
  const whole = encodeAcknowledgmentRequest({ nonce: 1, records: [record(9)] })
  // The nonce alone, 2 bytes, is a question without records.
  for (let end = 3; end < whole.length; end++) {
    expect(() => decodeAcknowledgmentRequest(whole.subarray(0, end)), `${end}`).toThrow(ProtocolError)
  }
  const held = Array.from({ length: acknowledgmentRecordsMax + 8 }, () => true)
  expect(() => decodeAcknowledgmentReply(encodeAcknowledgmentReply({ nonce: 1, held }))).toThrow(ProtocolError)
  expect(() => decodeAcknowledgmentReply(Uint8Array.of(255, 255))).toThrow(ProtocolError)
})
