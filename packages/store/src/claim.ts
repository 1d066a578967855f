import { type BinaryString, binaryFromBytes, bytesFromBinary } from './binary-string.ts'
import { secondOf, stampsPerSecond } from './hybrid-clock.ts'
import type { Owner } from './owners.ts'
import { recordId, type StoreRecord } from './record.ts'

/** A record as the store keeps it: its key is known from where it is kept, its owner is shared, its id is at hand. */
export interface Claim {
  readonly owner: Owner
  readonly acquired: number
  readonly stamp: number
  readonly closing: number
  readonly released: boolean
  readonly value: Uint8Array
  readonly field: BinaryString | undefined
  /** The record's id. */
  readonly rid: BinaryString
}

/** The value of whatever has none: released records, and keys of which only fields are set. */
export const emptyValue: Uint8Array = new Uint8Array(0)

/** Makes a claim of a record. It shares no bytes with the record, whose arrays may be views of a receive buffer. */
export function claimFromRecord(record: StoreRecord, owner: Owner, networkId: Uint8Array): Claim {
  const { acquired, stamp, closing, released, value, field } = record
  return {
    owner,
    acquired,
    stamp,
    closing,
    released,
    value: value.length === 0 ? emptyValue : Uint8Array.from(value),
    field: field === undefined ? undefined : binaryFromBytes(field),
    rid: recordId(record, networkId),
  }
}

/** The record that travels for a claim. Its owner and value are the store's own arrays. */
export function recordFromClaim(key: Uint8Array, claim: Claim): StoreRecord {
  const { acquired, stamp, closing, released, value } = claim
  const field = claim.field === undefined ? undefined : bytesFromBinary(claim.field)
  return { owner: claim.owner.bytes, acquired, stamp, closing, released, key, value, field }
}

/** The first stamp at which a claim no longer holds its key: a lease lives through its last second. */
export function endOf(claim: Claim, leaseSeconds: number): number {
  return claim.released ? claim.stamp : (secondOf(claim.stamp) + leaseSeconds + 1) * stampsPerSecond
}
