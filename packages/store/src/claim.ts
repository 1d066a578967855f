import { type BinaryString, binaryFromBytes, bytesFromBinary } from './binary-string.ts'
import { secondOf, stampsPerSecond } from './hybrid-clock.ts'
import type { Owner } from './owners.ts'
import { recordId, type StoreRecord } from './record.ts'

/** A record as the store keeps it: its owner is shared, and its id, which takes two hashes, is made when it is asked for. */
export class Claim {
  readonly key: BinaryString
  readonly owner: Owner
  readonly acquired: number
  readonly stamp: number
  readonly closing: number
  readonly released: boolean
  readonly value: Uint8Array
  readonly field: BinaryString | undefined
  /** Whether the fingerprint of the store has it. Kept here by `Census`, which would need a set of all claims else. */
  isCounted = false
  #rid: BinaryString | undefined

  constructor(key: BinaryString, owner: Owner, content: ClaimContent) {
    this.key = key
    this.owner = owner
    this.acquired = content.acquired
    this.stamp = content.stamp
    this.closing = content.closing
    this.released = content.released
    this.value = content.value
    this.field = content.field
  }

  /** The record's id. */
  get rid(): BinaryString {
    this.#rid ??= recordId(recordFromClaim(bytesFromBinary(this.key), this), this.owner.networkId)
    return this.#rid
  }
}

/** What a claim says of its key. */
export type ClaimContent = Pick<Claim, 'acquired' | 'stamp' | 'closing' | 'released' | 'value' | 'field'>

/** The value of whatever has none: released records, and keys of which only fields are set. */
export const emptyValue: Uint8Array = new Uint8Array(0)

/** A copy of a value, for a claim to keep. */
export function copiedValue(value: Uint8Array): Uint8Array {
  return value.length === 0 ? emptyValue : new Uint8Array(value)
}

/** Makes a claim of a record. It shares no bytes with the record, whose arrays may be views of a receive buffer. */
export function claimFromRecord(record: StoreRecord, key: BinaryString, owner: Owner): Claim {
  const { acquired, stamp, closing, released, value, field } = record
  return new Claim(key, owner, {
    acquired,
    stamp,
    closing,
    released,
    value: copiedValue(value),
    field: field === undefined ? undefined : binaryFromBytes(field),
  })
}

/** The record that travels for a claim. Its owner and value are the store's own arrays. */
export function recordFromClaim(key: Uint8Array, claim: Claim): StoreRecord {
  const { acquired, stamp, closing, released, value } = claim
  const field = claim.field === undefined ? undefined : bytesFromBinary(claim.field)
  return { owner: claim.owner.bytes, acquired, stamp, closing, released, key, value, field }
}

/** Whether two claims of one key are of the same record: what equal ids would say, without making them. */
export function isSameRecord(x: Claim, y: Claim): boolean {
  if (x === y) return true
  const hasSameHeader =
    x.owner === y.owner &&
    x.acquired === y.acquired &&
    x.stamp === y.stamp &&
    x.closing === y.closing &&
    x.released === y.released &&
    x.field === y.field
  return hasSameHeader && x.value.length === y.value.length && x.value.every((byte, index) => byte === y.value[index])
}

/** The first stamp at which a claim no longer holds its key: a lease lives through its last second. */
export function endOf(claim: Claim, leaseSeconds: number): number {
  return claim.released ? claim.stamp : (secondOf(claim.stamp) + leaseSeconds + 1) * stampsPerSecond
}
