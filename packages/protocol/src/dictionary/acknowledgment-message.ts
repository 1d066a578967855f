import { ts2p } from '../../generated/sync.js'
import { ProtocolError } from '../errors.ts'
import { copyOf, decoding, integerOf, listOf, plainView } from '../field-checks.ts'

const raw = ts2p.v1

/** Most records in one question. */
export const acknowledgmentRecordsMax = 4096
/** Bytes of a record's id by which a question names it. */
export const acknowledgmentIdBytes = 8

/** A record that a neighbor is asked for. */
export interface AcknowledgmentItem {
  readonly key: Uint8Array
  /** The first 8 bytes of its id. */
  readonly id: Uint8Array
}

/** A question to a neighbor which records it holds; without records, whether it has taken in all that was sent to it. */
export interface AcknowledgmentRequest {
  /** 0 to 2^32 - 1. */
  readonly nonce: number
  readonly records: readonly AcknowledgmentItem[]
}

/** The answer to a question. */
export interface AcknowledgmentReply {
  readonly nonce: number
  /** For each record of the question, in its order; beyond them, false up to a multiple of 8. */
  readonly held: readonly boolean[]
}

/** A question as bytes; `decodeAcknowledgmentRequest` reads it. */
export function encodeAcknowledgmentRequest({ nonce, records }: AcknowledgmentRequest): Uint8Array {
  const keyLengths = records.map(({ key }) => key.length)
  const [keys, ids] = [joined(records.map(({ key }) => key)), joined(records.map(({ id }) => id))]
  return plainView(raw.AcknowledgmentRequest.encode({ nonce, keys, keyLengths, ids }).finish())
}

/** @throws {ProtocolError} The payload is no question. */
export function decodeAcknowledgmentRequest(payload: Uint8Array): AcknowledgmentRequest {
  const question = decoding('acknowledgment-request', () => raw.AcknowledgmentRequest.decode(payload))
  const lengths = listOf(question.keyLengths, 'question.key_lengths', acknowledgmentRecordsMax)
  const [keys, ids] = [copyOf(question.keys), copyOf(question.ids)]
  if (ids.length !== acknowledgmentIdBytes * lengths.length)
    throw new ProtocolError('question.ids: not 8 bytes for each record')
  let end = 0
  const records = lengths.map((length, index) => {
    const start = end
    end += length
    return {
      key: keys.subarray(start, end),
      id: ids.subarray(acknowledgmentIdBytes * index, acknowledgmentIdBytes * (index + 1)),
    }
  })
  if (end !== keys.length) throw new ProtocolError('question.key_lengths: not those of the keys')
  return { nonce: integerOf(question.nonce, 'question.nonce'), records }
}

/** An answer as bytes; `decodeAcknowledgmentReply` reads it. */
export function encodeAcknowledgmentReply({ nonce, held }: AcknowledgmentReply): Uint8Array {
  const bits = new Uint8Array(Math.ceil(held.length / 8))
  held.forEach((isHeld, index) => {
    if (isHeld) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
  })
  return plainView(raw.AcknowledgmentReply.encode({ nonce, held: bits }).finish())
}

/** @throws {ProtocolError} The payload is no answer. */
export function decodeAcknowledgmentReply(payload: Uint8Array): AcknowledgmentReply {
  const { nonce, held } = decoding('acknowledgment-reply', () => raw.AcknowledgmentReply.decode(payload))
  const bits = copyOf(held)
  if (bits.length > acknowledgmentRecordsMax / 8) throw new ProtocolError(`answer.held: ${bits.length} bytes`)
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
