import { expect, test } from 'vitest'
import { ProtocolError } from '../errors.ts'
import {
  decodeReplicaAnswer,
  decodeReplicaQuestion,
  encodeReplicaAnswer,
  encodeReplicaQuestion,
  questionRecordsMax,
} from './replica-message.ts'

const record = (length: number): { key: Uint8Array; id: Uint8Array } => ({
  key: new Uint8Array(length).fill(length),
  id: new Uint8Array(8).fill(7),
})

test('a question about records, and one about all that was sent, come back as they were', () => {
  for (const records of [[], [record(3)], [record(5), record(1), record(300)]]) {
    const question = { nonce: 4_294_967_295, records }
    expect(decodeReplicaQuestion(encodeReplicaQuestion(question))).toEqual(question)
  }
})

test('an answer has a bit for each record', () => {
  for (let count = 0; count <= 20; count++) {
    const held = Array.from({ length: count }, (_, index) => index % 3 === 0)
    const answer = decodeReplicaAnswer(encodeReplicaAnswer({ nonce: 9, held }))
    expect(answer.nonce).toBe(9)
    expect(answer.held.slice(0, count)).toEqual(held)
    expect(answer.held.slice(count)).not.toContain(true)
  }
})

test('ids that are not one for each key, keys that are cut off, too many records, and what is no message are refused', () => {
  for (const id of [new Uint8Array(0), new Uint8Array(7), new Uint8Array(9)]) {
    const bytes = encodeReplicaQuestion({ nonce: 1, records: [{ key: Uint8Array.of(1), id }] })
    expect(() => decodeReplicaQuestion(bytes)).toThrow(ProtocolError)
  }
  const many = Array.from({ length: questionRecordsMax + 1 }, () => record(1))
  expect(() => decodeReplicaQuestion(encodeReplicaQuestion({ nonce: 1, records: many }))).toThrow(ProtocolError)
  const whole = encodeReplicaQuestion({ nonce: 1, records: [record(9)] })
  // The nonce alone, 2 bytes, is a question without records.
  for (let end = 3; end < whole.length; end++) {
    expect(() => decodeReplicaQuestion(whole.subarray(0, end)), `${end}`).toThrow(ProtocolError)
  }
  const held = Array.from({ length: questionRecordsMax + 8 }, () => true)
  expect(() => decodeReplicaAnswer(encodeReplicaAnswer({ nonce: 1, held }))).toThrow(ProtocolError)
  expect(() => decodeReplicaAnswer(Uint8Array.of(255, 255))).toThrow(ProtocolError)
})
