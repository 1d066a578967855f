import { InvalidArgumentError } from './errors.ts'

/** How much one store takes in. */
export interface StoreLimits {
  /** Bytes of a key, and of a field's name. */
  readonly keyBytesMax: number
  /** Bytes of a value. A record that is longer is not kept, so that replicas with other limits stay apart on its key. */
  readonly valueBytesMax: number
  /** Keys, counting those deleted whose records are kept. */
  readonly keysMax: number
  /** Bytes of all records: keys, fields and values, and `recordOverheadBytes` for each. */
  readonly bytesMax: number
  /** Keys on which one other owner may have records. */
  readonly keysPerForeignOwnerMax: number
  /** Tenures kept for one key. Part of how replicas converge: the same on every replica. */
  readonly tenuresPerKeyMax: number
  /** Fields of one key, in a store without leases. */
  readonly fieldsPerKeyMax: number
  /** Records whose stamp is ahead of the clock, kept aside until they are due. */
  readonly quarantineRecordsMax: number
  /** Bytes of those records, counted as in `bytesMax`. */
  readonly quarantineBytesMax: number
  /** A record that is further ahead of the clock than this, in milliseconds, is kept aside. */
  readonly driftMsMax: number
  /** A record that is further ahead of the clock than this, in milliseconds, is refused. */
  readonly driftMsRefused: number
  /**
   * A deleted key is forgotten when all its records are older than this, in milliseconds, or than a lease if that is
   * longer. A replica without contact for as long must call `discardForeign`. The same on every replica.
   */
  readonly horizonMs: number
}

/** What a record is counted as beyond its key, field and value: about what an entry takes in memory at the least. */
export const recordOverheadBytes = 128

/** The limits of a store that is given none. */
export const defaultStoreLimits: StoreLimits = Object.freeze({
  keyBytesMax: 1024,
  valueBytesMax: 1_048_576,
  keysMax: 1_000_000,
  bytesMax: 268_435_456,
  keysPerForeignOwnerMax: 65_536,
  tenuresPerKeyMax: 128,
  fieldsPerKeyMax: 1024,
  quarantineRecordsMax: 1024,
  quarantineBytesMax: 8_388_608,
  driftMsMax: 30_000,
  driftMsRefused: 3_600_000,
  horizonMs: 2_592_000_000,
})

/**
 * The default limits with some replaced.
 * @throws {InvalidArgumentError} A limit is no whole number, is negative, or leaves no room for one tenure.
 */
export function completeLimits(given: Partial<StoreLimits>): StoreLimits {
  const limits = { ...defaultStoreLimits, ...given }
  for (const [name, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(defaultStoreLimits, name)) {
      const names = Object.keys(defaultStoreLimits).join(', ')
      throw new InvalidArgumentError({ argument: `limits.${name}`, expected: `one of ${names}` })
    }
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new InvalidArgumentError({ argument: `limits.${name}`, expected: 'a whole number, zero or greater' })
    }
  }
  if (limits.tenuresPerKeyMax < 1) {
    throw new InvalidArgumentError({ argument: 'limits.tenuresPerKeyMax', expected: 'at least 1' })
  }
  return limits
}
