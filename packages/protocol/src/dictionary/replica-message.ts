import { ts2p } from '../../generated/sync.js'
import { ProtocolError } from '../errors.ts'
import { copyOf, decoding, integerOf, listOf, plainView } from '../fields.ts'

const raw = ts2p.v1

/** Most records in one question. */
export const questionRecordsMax = 4096
/** Bytes of a record's id by which a question names it. */
export const questionIdBytes = 8

/** A record that a neighbor is asked for. */
export interface QuestionedRecord {
  readonly key: Uint8Array
  /** The first 8 bytes of its id. */
  readonly id: Uint8Array
}

/** A question to a neighbor which records it holds; without records, whether it has taken in all that was sent to it. */
export interface ReplicaQuestion {
  /** 0 to 2^32 - 1. */
  readonly nonce: number
  readonly records: readonly QuestionedRecord[]
}

/** The answer to a question. */
export interface ReplicaAnswer {
  readonly nonce: number
  /** For each record of the question, in its order; beyond them, false up to a multiple of 8. */
  readonly held: readonly boolean[]
}

/** A question as bytes; `decodeReplicaQuestion` reads it. */
export function encodeReplicaQuestion({ nonce, records }: ReplicaQuestion): Uint8Array {
  const keyLengths = records.map(({ key }) => key.length)
  const [keys, ids] = [joined(records.map(({ key }) => key)), joined(records.map(({ id }) => id))]
  return plainView(raw.ReplicaQuestion.encode({ nonce, keys, keyLengths, ids }).finish())
}

/** @throws {ProtocolError} The payload is no question. */
export function decodeReplicaQuestion(payload: Uint8Array): ReplicaQuestion {
  const question = decoding('question', () => raw.ReplicaQuestion.decode(payload))
  const lengths = listOf(question.keyLengths, 'question.key_lengths', questionRecordsMax)
  const [keys, ids] = [copyOf(question.keys), copyOf(question.ids)]
  if (ids.length !== questionIdBytes * lengths.length)
    throw new ProtocolError('question.ids: not 8 bytes for each record')
  let end = 0
  const records = lengths.map((length, index) => {
    const start = end
    end += length
    return { key: keys.subarray(start, end), id: ids.subarray(questionIdBytes * index, questionIdBytes * (index + 1)) }
  })
  if (end !== keys.length) throw new ProtocolError('question.key_lengths: not those of the keys')
  return { nonce: integerOf(question.nonce, 'question.nonce'), records }
}

/** An answer as bytes; `decodeReplicaAnswer` reads it. */
export function encodeReplicaAnswer({ nonce, held }: ReplicaAnswer): Uint8Array {
  const bits = new Uint8Array(Math.ceil(held.length / 8))
  held.forEach((isHeld, index) => {
    if (isHeld) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
  })
  return plainView(raw.ReplicaAnswer.encode({ nonce, held: bits }).finish())
}

/** @throws {ProtocolError} The payload is no answer. */
export function decodeReplicaAnswer(payload: Uint8Array): ReplicaAnswer {
  const { nonce, held } = decoding('answer', () => raw.ReplicaAnswer.decode(payload))
  const bits = copyOf(held)
  if (bits.length > questionRecordsMax / 8) throw new ProtocolError(`answer.held: ${bits.length} bytes`)
  const all = Array.from(
    { length: 8 * bits.length },
    (_, index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1,
  )
  return { nonce: integerOf(nonce, 'answer.nonce'), held: all }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) {
    whole.set(part, end)
    end += part.length
  }
  return whole
}
