export { type BinaryString, binaryFromBytes, bytesFromBinary } from './values/binary-string.ts'
export type { Change, ApplyResult, StoredValue } from './change.ts'
export {
  FieldsUnavailableError,
  InvalidArgumentError,
  InvalidKeyError,
  KeyTooLargeError,
  LeaseContestedError,
  LeaseHeldError,
  OwnedKeyError,
  StoreFullError,
  TimestampsReservedError,
  ValueTooLargeError,
} from './errors.ts'
export { checkKnown } from './check-known.ts'
export type { FencingToken, Lease } from './leases/lease.ts'
export type { Cut, RecordIds } from './leases/key-index.ts'
export type { LeaseLength } from './rules/lease-length.ts'
export { type KeyPolicy, LeasePolicies } from './rules/lease-policies.ts'
export { defaultStoreLimits, type StoreLimits } from './limits.ts'
export type { StoreOptions } from './options.ts'
export type { PersistedEntry, PersistedWrite, Persistence } from './persistence/persistence.ts'
export {
  PersistenceCorruptError,
  PersistenceFailedError,
  PersistenceInUseError,
  PersistenceMismatchError,
} from './persistence/persistence-errors.ts'
export { cutoffOf } from './retention/ephemeral-keys.ts'
export { ephemeralSecondsMin } from './records/check-record.ts'
export { recordId, type StoreRecord } from './records/record.ts'
export { type RecordProof, SignedBatch } from './signing/signed-batch.ts'
export { millisecondsAhead, secondOf, timestampsPerSecond } from './leases/hybrid-clock.ts'
export { Store } from './store.ts'
