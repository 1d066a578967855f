import { ts2p } from '../generated/sync.js'
import { ProtocolError } from './errors.ts'
import { copyOf, decoding, integerOf, plainView } from './fields.ts'

const raw = ts2p.v1
const recordIdBytes = 32

/** A question to a neighbour about a record, or about all that was sent to it; or, with the nonce alone, its yes. */
export interface ReceiptMessage {
  /** 0 to 2^32 - 1. */
  readonly nonce: number
  /** The record asked for; undefined: none. */
  readonly record: { readonly key: Uint8Array; readonly id: Uint8Array } | undefined
}

/** A question whether a neighbour holds something, or its yes, as bytes; `decodeReceipt` reads it. */
export function encodeReceipt({ nonce, record }: ReceiptMessage): Uint8Array {
  return plainView(raw.Receipt.encode(record ? { nonce, ...record } : { nonce }).finish())
}

/** @throws {ProtocolError} The payload is no receipt. */
export function decodeReceipt(payload: Uint8Array): ReceiptMessage {
  const { nonce, key, id } = decoding('receipt', () => raw.Receipt.decode(payload))
  const [keyBytes, idBytes] = [copyOf(key), copyOf(id)]
  if (idBytes.length !== (keyBytes.length === 0 ? 0 : recordIdBytes)) {
    throw new ProtocolError(`receipt.id: ${idBytes.length} bytes`)
  }
  const record = keyBytes.length === 0 ? undefined : { key: keyBytes, id: idBytes }
  return { nonce: integerOf(nonce, 'receipt.nonce'), record }
}
