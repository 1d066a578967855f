export { Dictionary } from './dictionary.ts'
export { binary, json, utf8 } from './encoding.ts'
export type { Encoding, EncodingName, Input } from './encoding.ts'
export type { Entries } from './entries.ts'
export {
  CatchingUpError,
  ClockSkewError,
  DecodingError,
  KeyNotFoundError,
  NotAMappingError,
  NotKeptError,
  NotReadyError,
  ReplicasMissingError,
} from './errors.ts'
export { MemoryPersistence } from './memory-persistence.ts'
export { SyncSocket } from './sync-socket.ts'

export type { Deletion, LeaseInfo, SyncSocketEvents, SyncSocketOptions, Update } from './sync-options.ts'
export type { WatchEvent, WatchOptions } from './watch.ts'
