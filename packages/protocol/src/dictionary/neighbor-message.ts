import { ProtocolError } from '../errors.ts'

/** What two neighbors that hold the dictionary say to each other; the number of each is its place here. */
const kinds = ['reconciliation', 'records', 'acknowledgment-request', 'acknowledgment-reply', 'refused'] as const

/** 'reconciliation': a message of a comparison. 'records': records. 'acknowledgment-request', 'acknowledgment-reply': which records are held. 'refused': which of the receiver's there was no room for. */
export type NeighborMessageKind = (typeof kinds)[number]

/** A message between neighbors on the channel of the dictionary: a byte for its kind, and its payload. */
export function encodeNeighborMessage(kind: NeighborMessageKind, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + payload.length)
  bytes[0] = kinds.indexOf(kind)
  bytes.set(payload, 1)
  return bytes
}

/** The payload is a view of the bytes. @throws {ProtocolError} There is no such kind. */
export function decodeNeighborMessage(bytes: Uint8Array): { kind: NeighborMessageKind; payload: Uint8Array } {
  const kind = kinds[bytes[0] ?? -1]
  if (kind === undefined) throw new ProtocolError(`dictionary: a message of kind ${bytes[0] ?? 'none'}`)
  return { kind, payload: bytes.subarray(1) }
}
