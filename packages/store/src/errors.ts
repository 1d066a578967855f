import { readableKey } from './values/printable-key.ts'

/** Another node holds the lease of a key that was to be written. */
export class LeaseHeldError extends Error {
  override readonly name = 'LeaseHeldError'
  readonly code = 'LEASE_HELD'
  readonly key: Uint8Array
  /** The holder's id. */
  readonly owner: string
  /** The first moment at which the lease has run out unless it is renewed: milliseconds since 1970, UTC. */
  readonly expiresAt: number

  constructor(lease: { key: Uint8Array; owner: string; expiresAt: number }) {
    const until = new Date(lease.expiresAt).toISOString()
    super(
      `The key ${readableKey(lease.key)} is leased by ${lease.owner} until ${until}. ` +
        'Write it once the lease has run out, or ask its holder to delete it.',
    )
    this.key = lease.key
    this.owner = lease.owner
    this.expiresAt = lease.expiresAt
  }
}

/** A write would not have made its writer the holder, so it was not made. */
export class LeaseContestedError extends Error {
  override readonly name = 'LeaseContestedError'
  readonly code = 'LEASE_CONTESTED'
  readonly key: Uint8Array
  /** Id of the node that would have held the key. */
  readonly owner: string

  constructor(claim: { key: Uint8Array; owner: string }) {
    super(
      `The key ${readableKey(claim.key)} was not written: a claim of ${claim.owner} wins over this one. ` +
        'Read the key again and retry in the next second.',
    )
    this.key = claim.key
    this.owner = claim.owner
  }
}

/** A key that names its owner, `~<node id>/…`, was to be written by another node. */
export class OwnedKeyError extends Error {
  override readonly name = 'OwnedKeyError'
  readonly code = 'OWNED_KEY'
  readonly key: Uint8Array
  /** The id of the only node that may write it. */
  readonly owner: string
  /** When other nodes may delete it if its owner has not written it by then, milliseconds since 1970; undefined: never, or there is nothing to delete. */
  readonly deletableAt: number | undefined

  constructor(owned: { key: Uint8Array; owner: string; deletableAt?: number | undefined }) {
    const { deletableAt } = owned
    super(
      `The key ${readableKey(owned.key)} may only be written by ${owned.owner}, whose id it begins with. ` +
        (deletableAt === undefined
          ? 'Write a key of your own, or one that does not begin with ~ and an id.'
          : `If that node does not renew it, others may delete it from ${new Date(deletableAt).toISOString()} on.`),
    )
    this.key = owned.key
    this.owner = owned.owner
    this.deletableAt = deletableAt
  }
}

/** A key is not a key: it is empty, or has characters that stand for no byte. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError'
  readonly code = 'INVALID_KEY'

  constructor(fault: { reason: string }) {
    super(`This is not a key: ${fault.reason}. Give at least one byte, and encode a text to UTF-8 first.`)
  }
}

/** A key, or a field's name, is longer than every replica of the network accepts. */
export class KeyTooLargeError extends Error {
  override readonly name = 'KeyTooLargeError'
  readonly code = 'KEY_TOO_LARGE'
  readonly bytes: number
  readonly bytesMax: number

  constructor(size: { bytes: number; bytesMax: number }) {
    super(
      `The key has ${size.bytes} bytes; ${size.bytesMax} are allowed. Use a shorter key, such as a hash of the long one.`,
    )
    this.bytes = size.bytes
    this.bytesMax = size.bytesMax
  }
}

/** A value is longer than every replica of the network accepts. */
export class ValueTooLargeError extends Error {
  override readonly name = 'ValueTooLargeError'
  readonly code = 'VALUE_TOO_LARGE'
  readonly bytes: number
  readonly bytesMax: number

  constructor(size: { bytes: number; bytesMax: number }) {
    super(`The value has ${size.bytes} bytes; ${size.bytesMax} are allowed. Divide it over several keys.`)
    this.bytes = size.bytes
    this.bytesMax = size.bytesMax
  }
}

/** The store is as full as its limits allow. Deleting is still possible. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError'
  readonly code = 'STORE_FULL'
  /** The limit that was met, as it is called in StoreLimits. */
  readonly limit: string
  readonly max: number

  constructor(met: { limit: string; max: number }) {
    super(`The store is full: ${met.limit} is ${met.max}. Delete what is not needed, or raise the limit.`)
    this.limit = met.limit
    this.max = met.max
  }
}

/** A single field of a value was to be written in a store with leases, where a key is written as a whole. */
export class FieldsUnavailableError extends Error {
  override readonly name = 'FieldsUnavailableError'
  readonly code = 'FIELDS_UNAVAILABLE'

  constructor() {
    super('Fields can be written one by one only under keys without leases. Set the whole value.')
  }
}

/** A node that persists its clock has given out all timestamps that are reserved on the disk: after a crash it could give out others twice. */
export class TimestampsReservedError extends Error {
  override readonly name = 'TimestampsReservedError'
  readonly code = 'TIMESTAMPS_RESERVED'

  constructor() {
    super(
      'No timestamp is left that is reserved on the disk. More are reserved with the next write to it: await flush(), then set again. ' +
        'If that fails, mend what it names.',
    )
  }
}

/** An option or an argument is out of its range: a mistake of the program that calls. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError'
  readonly code = 'INVALID_ARGUMENT'
  /** Its name, or the path of a part of it, such as `limits.keysMax`. */
  readonly argument: string

  /** @param fault.sentence - The whole message, where it is no matter of the value. */
  constructor(fault: { argument: string; expected: string } | { argument: string; sentence: string }) {
    super('sentence' in fault ? fault.sentence : `${fault.argument} must be ${fault.expected}.`)
    this.argument = fault.argument
  }
}
