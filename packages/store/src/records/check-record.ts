import type { StoreLimits } from '../limits.ts'
import { keyOwnerOf } from '../leases/owned-key.ts'
import type { StoreRecord } from './record.ts'

/** The shortest lease of an ephemeral key, seconds: clocks differ, and renewals take time. */
export const ephemeralSecondsMin = 5

/** Bytes of an owner's public key, and of a network id. */
export const ownerBytes = 32

/**
 * Why a record is invalid, or undefined if it is valid. Judges by the record and the settings that all replicas share,
 * never by the clock or by what the store holds, so every replica judges alike and a sender can be held to it.
 */
export function faultOf(
  record: StoreRecord,
  { leaseSecondsMax }: { readonly leaseSecondsMax: number },
  idOf: (owner: Uint8Array) => string,
): string | undefined {
  const leased = leaseSecondsMax > 0
  const { owner, acquired, timestamp, pruneWatermark, released, key, value, field } = record
  if (owner.length !== ownerBytes) return `the owner has ${owner.length} bytes, not ${ownerBytes}`
  if (key.length === 0) return 'the key is empty'
  if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(acquired) || !Number.isSafeInteger(pruneWatermark)) {
    return 'a timestamp is no safe integer'
  }
  if (acquired < 1 || acquired > timestamp) return 'the lease term does not begin between 1 and the timestamp'
  if (pruneWatermark < 0 || pruneWatermark > timestamp)
    return 'the prune watermark does not lie between 0 and the timestamp'
  if (released && value.length > 0) return 'a released record has a value'
  const length = lengthFault(record, leaseSecondsMax)
  if (length !== undefined) return length
  const only = keyOwnerOf(key)
  if (only !== undefined && only !== idOf(owner) && !mayDeleteOwned(record, leased))
    return 'the key is owned by another node'
  if (leased) return field === undefined ? undefined : 'a record under leases has a field'
  if (acquired !== timestamp || pruneWatermark !== 0) return 'a record without leases has a lease term'
  if (field === undefined) return undefined
  return released ? 'a field is released' : undefined
}

function lengthFault({ released, leaseSeconds, ephemeral }: StoreRecord, leaseSecondsMax: number): string | undefined {
  if (!Number.isInteger(leaseSeconds) || leaseSeconds < 0 || leaseSeconds > leaseSecondsMax) {
    return `a lease is of ${leaseSeconds} s, not of 0 to ${leaseSecondsMax} s`
  }
  if (released) return leaseSeconds > 0 ? 'a released record has a lease' : undefined
  return ephemeral && leaseSeconds < ephemeralSecondsMin ? 'the lease of an ephemeral key is too short' : undefined
}

/** Whether a record has the form of a deletion of another node's key. Whether the lease had ended follows from the other records. */
function mayDeleteOwned({ acquired, timestamp, pruneWatermark, released }: StoreRecord, leased: boolean): boolean {
  return leased && released && acquired === timestamp && pruneWatermark === 0
}

/** The limit that a record is too long for. Its sender may have other limits, and has done nothing wrong. */
export function sizeLimitMet({ key, value, field }: StoreRecord, limits: StoreLimits): keyof StoreLimits | undefined {
  if (key.length > limits.keyBytesMax || (field?.length ?? 0) > limits.keyBytesMax) return 'keyBytesMax'
  return value.length > limits.valueBytesMax ? 'valueBytesMax' : undefined
}
