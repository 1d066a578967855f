export { type BinaryString, binaryFromBytes, bytesFromBinary } from './binary-string.ts'
export type { Change, Receipt } from './change.ts'
export {
  FieldsUnavailableError,
  InvalidArgumentError,
  InvalidKeyError,
  KeyTooLargeError,
  LeaseContestedError,
  LeaseHeldError,
  OwnedKeyError,
  StoreFullError,
  ValueTooLargeError,
} from './errors.ts'
export type { FencingToken, Lease } from './lease.ts'
export { defaultStoreLimits, type StoreLimits } from './limits.ts'
export type { StoreOptions } from './options.ts'
export type { PersistedEntry, PersistedWrite, Persistence } from './persistence.ts'
export {
  PersistenceCorruptError,
  PersistenceFailedError,
  PersistenceInUseError,
  PersistenceMismatchError,
} from './persistence-errors.ts'
export { recordId, type StoreRecord } from './record.ts'
export { type RecordProof, SignedBatch } from './signed-batch.ts'
export { millisecondsAhead, secondOf, stampsPerSecond } from './hybrid-clock.ts'
export { Store } from './store.ts'
