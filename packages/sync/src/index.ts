export type { CodedSymbols } from './coded-symbols.ts'
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
export { KeyedId } from './keyed-id.ts'
export { MemoryPersistence } from './memory-persistence.ts'
export { decodeSymbols, encodeSymbols } from './symbol-chunk.ts'
export type { SymbolChunk } from './symbol-chunk.ts'
export { SymbolDecoder } from './symbol-decoder.ts'
export type { DecoderState, SetDifference } from './symbol-decoder.ts'
export { SymbolEncoder } from './symbol-encoder.ts'
export { SyncSocket } from './sync-socket.ts'

export type { Deletion, LeaseInfo, SyncSocketEvents, SyncSocketOptions, Update } from './sync-options.ts'
export type { WatchEvent, WatchOptions } from './watch.ts'
export { WorkBudget } from './work-budget.ts'
