import { sha256 } from '@noble/hashes/sha2.js'
import { type BinaryString, binaryFromBytes, bytesFromBinary } from '../values/binary-string.ts'
import type { RecordProof } from '../signing/signed-batch.ts'

/**
 * What travels between replicas: the latest write of one lease term, that is of the time from a node's claim of a key to
 * the end of that lease. A later write of the same lease term (same owner, same `acquired`) replaces it.
 */
export interface StoreRecord {
  /** Public key of the owner: 32 bytes. */
  readonly owner: Uint8Array
  /** Timestamp at which the lease term began. */
  readonly acquired: number
  /** Timestamp of this write. The lease runs from here. */
  readonly timestamp: number
  /** Lease terms of the key that began before this timestamp are settled and may be forgotten; 0 when none are. */
  readonly pruneWatermark: number
  /** The owner has deleted the key and given up its lease. */
  readonly released: boolean
  /** Length of the lease from the timestamp on, whole seconds; 0: nobody holds the key, as when it is released, and in stores without leases. */
  readonly leaseSeconds: number
  /** The value ends with the lease. */
  readonly ephemeral: boolean
  /** 1 to 1024 bytes. */
  readonly key: Uint8Array
  /** Empty when released. */
  readonly value: Uint8Array
  /** The field of the value that this write sets. Only in stores without leases. */
  readonly field: Uint8Array | undefined
  /** That the owner wrote it. Undefined in stores whose records are not signed, and of one not signed yet. */
  readonly proof?: RecordProof | undefined
}

/** First in what is hashed, so that no other hash of the protocol can be taken for a record's. */
const domainTag = bytesFromBinary('ts2p record v1')

/**
 * The id of a record: SHA-256 as a binary string of 32 characters, over these bytes, integers being big-endian:
 *
 * | bytes | content                                                    |
 * |-------|------------------------------------------------------------|
 * | 14    | `ts2p record v1` in ASCII                                  |
 * | 32    | network id                                                 |
 * | 32    | owner                                                      |
 * | 8     | acquired                                                   |
 * | 8     | timestamp                                                      |
 * | 8     | prune watermark                                             |
 * | 1     | 1 if released, plus 2 if ephemeral                          |
 * | 4     | lease length, seconds                                      |
 * | 4     | length of the key, k                                       |
 * | k     | key                                                        |
 * | 1     | 1 if there is a field, else 0 and the next two are left out |
 * | 4     | length of the field, f                                     |
 * | f     | field                                                      |
 * | 4     | length of the value                                        |
 * | 32    | SHA-256 of the value                                       |
 */
export function recordId(record: StoreRecord, networkId: Uint8Array): BinaryString {
  const { key, field, value } = record
  const fieldBytes = field === undefined ? 0 : 4 + field.length
  const bytes = new Uint8Array(domainTag.length + 32 + 32 + 8 * 3 + 1 + 4 + 4 + key.length + 1 + fieldBytes + 4 + 32)
  const view = new DataView(bytes.buffer)
  let at = 0
  const putBytes = (part: Uint8Array): void => {
    bytes.set(part, at)
    at += part.length
  }
  const put32 = (integer: number): void => {
    view.setUint32(at, integer)
    at += 4
  }
  const put64 = (integer: number): void => {
    put32(Math.floor(integer / 2 ** 32))
    put32(integer % 2 ** 32)
  }
  const put8 = (integer: number): void => {
    view.setUint8(at, integer)
    at += 1
  }
  putBytes(domainTag)
  putBytes(networkId)
  putBytes(record.owner)
  put64(record.acquired)
  put64(record.timestamp)
  put64(record.pruneWatermark)
  put8((record.released ? 1 : 0) + (record.ephemeral ? 2 : 0))
  put32(record.leaseSeconds)
  put32(key.length)
  putBytes(key)
  put8(field === undefined ? 0 : 1)
  if (field !== undefined) {
    put32(field.length)
    putBytes(field)
  }
  put32(value.length)
  putBytes(sha256(value))
  return binaryFromBytes(sha256(bytes))
}
