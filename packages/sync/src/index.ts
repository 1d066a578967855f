export { Dictionary } from './dictionary/dictionary.ts'
export type { AnyEncoding, Decoded } from './dictionary/decoded.ts'
export type { Json } from './dictionary/json-value.ts'
export { binary, json, utf8 } from './dictionary/encodings.ts'
export type { Encoding, EncodingName, Input } from './dictionary/encodings.ts'
export type { Entries } from './dictionary/update-entries.ts'
export {
  CatchingUpError,
  ClockSkewError,
  DecodingError,
  KeyNotFoundError,
  NotAMappingError,
  NotPersistedError,
  NotReadyError,
  ReplicasMissingError,
  TokenMismatchError,
  ValidationError,
} from './errors.ts'
export type { LeaseTerms } from './network-lease-terms.ts'
export { MemoryPersistence } from './persistence/memory-persistence.ts'
export type { RangeOptions } from './dictionary/dictionary-view.ts'
export { SyncSocket } from './sync-socket.ts'

export type {
  CloseOptions,
  DictionaryChange,
  EndChange,
  KeyPolicyOption,
  LeaseInfo,
  LeasingOptions,
  OpenOptions,
  ReplicatedOptions,
  SetChange,
  SetOptions,
  SyncSocketEvents,
  SyncSocketOptions,
  WriteOptions,
} from './sync-options.ts'
export { compareTokens, formatToken } from './dictionary/fencing-token.ts'
export type { SchemaEntry, StandardSchema, ValidationResult } from './dictionary/schema.ts'
export type { WatchOptions } from './dictionary/watch.ts'
