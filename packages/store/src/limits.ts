import { checkKnown } from './check-known.ts'
import { InvalidArgumentError } from './errors.ts'

/** How much one store takes in. */
export interface StoreLimits {
  /** Bytes of a key, and of a field's name. */
  readonly keyBytesMax: number
  /** Bytes of a value. A record that is longer is not kept, so that replicas with other limits stay apart on its key. */
  readonly valueBytesMax: number
  /** Keys that have a value. Above half of it the owner with most of them gets no more, so that one cannot take the room of all. */
  readonly keysMax: number
  /** Bytes of the records of keys that have a value: keys, fields and values, `recordOverheadBytes` for each, and what proves them. */
  readonly bytesMax: number
  /** Keys with a value that one owner may have, this store's own included; default `keysMax`. */
  readonly keysPerOwnerMax: number
  /** Bytes of the records of deleted keys, counted as in `bytesMax`. Beyond it the oldest are dropped, and not after `tombstoneRetentionMs`. */
  readonly tombstoneBytesMax: number
  /** Lease terms kept for one key. Part of how replicas converge: the same on every replica. */
  readonly leaseTermsPerKeyMax: number
  /** Fields of one key, in a store without leases. */
  readonly fieldsPerKeyMax: number
  /** Records whose timestamp is ahead of the clock, kept aside until they are due. */
  readonly quarantineRecordsMax: number
  /** Bytes of those records: keys, fields and values, 448 for each, and what proves them. */
  readonly quarantineBytesMax: number
  /** A record that is further ahead of the clock than this, in milliseconds, is kept aside. */
  readonly driftMsMax: number
  /** A record that is further ahead of the clock than this, in milliseconds, is refused. */
  readonly driftMsRefused: number
  /**
   * A deleted key is forgotten when all its records are older than this, in milliseconds, or than a lease if that is
   * longer. A replica without contact for as long must call `dropRemoteState`. The same on every replica.
   */
  readonly tombstoneRetentionMs: number
}

/** What a record is counted as beyond its key, field and value: about what an entry takes in memory at the least. */
export const recordOverheadBytes = 128

/** The limits of a store that is given none. */
export const defaultStoreLimits: StoreLimits = Object.freeze({
  keyBytesMax: 1024,
  valueBytesMax: 1_048_576,
  keysMax: 1_000_000,
  bytesMax: 268_435_456,
  keysPerOwnerMax: 1_000_000,
  tombstoneBytesMax: 67_108_864,
  leaseTermsPerKeyMax: 128,
  fieldsPerKeyMax: 1024,
  quarantineRecordsMax: 16_384,
  quarantineBytesMax: 8_388_608,
  driftMsMax: 30_000,
  driftMsRefused: 3_600_000,
  tombstoneRetentionMs: 2_592_000_000,
})

/**
 * The default limits with some replaced.
 * @throws {InvalidArgumentError} There is no such limit, or it is no whole number, is negative, or leaves no room for one lease term.
 */
export function completeLimits(given: Partial<StoreLimits>): StoreLimits {
  checkKnown('limits', given, Object.keys(defaultStoreLimits))
  const { keysMax = defaultStoreLimits.keysMax } = given
  const limits = { ...defaultStoreLimits, keysPerOwnerMax: keysMax, ...given }
  for (const [name, limit] of Object.entries(limits)) {
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new InvalidArgumentError({ argument: `limits.${name}`, expected: 'a whole number, zero or greater' })
    }
  }
  if (limits.leaseTermsPerKeyMax < 1) {
    throw new InvalidArgumentError({ argument: 'limits.leaseTermsPerKeyMax', expected: 'at least 1' })
  }
  return limits
}
