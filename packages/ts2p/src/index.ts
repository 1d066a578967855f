import * as base from './compat/base.ts'
import * as mesh from './compat/mesh.ts'
import * as sync from './compat/sync.ts'

// The layers, as the packages that they come from export them.
export {
  AddressInUseError,
  ArgumentError,
  BaseSocket,
  ClosedError,
  Connection,
  HandshakeFailedError,
  ListenError,
  PeerLostError,
  RefusedError,
  systemEnvironment,
  UnreachableError,
} from '@ts2p/base'
export type {
  Candidate,
  BaseSocketEvents,
  BaseSocketOptions,
  Environment,
  Link,
  LinkHandler,
  Listener,
  ListenOptions,
  LogLevel,
  Peer,
  Transport,
} from '@ts2p/base'
export { MeshSocket, Message, MessageTooLargeError, RemoteError, RequestTimeoutError } from '@ts2p/mesh'
export type { MeshSocketEvents, MeshSocketOptions, MessageHandler, Packet, SendOptions } from '@ts2p/mesh'
export {
  createSubnet,
  defaultLimits,
  flags,
  identityFromKey,
  identityFromSeed,
  ProtocolError,
  protocolVersion,
} from '@ts2p/protocol'
export type { Address, Identity, Limits, NodeId, Refusal, Subnet } from '@ts2p/protocol'
export {
  defaultStoreLimits,
  InvalidKeyError,
  KeyTooLargeError,
  LeaseContestedError,
  LeaseHeldError,
  OwnedKeyError,
  PersistenceCorruptError,
  PersistenceFailedError,
  PersistenceInUseError,
  PersistenceMismatchError,
  Store,
  StoreFullError,
  TimestampsReservedError,
  ValueTooLargeError,
} from '@ts2p/store'
export type { PersistedEntry, PersistedWrite, Persistence, StoreLimits, StoreOptions, StoreRecord } from '@ts2p/store'
export {
  binary,
  CatchingUpError,
  ClockSkewError,
  DecodingError,
  json,
  KeyNotFoundError,
  MemoryPersistence,
  NotAMappingError,
  NotPersistedError,
  NotReadyError,
  ReplicasMissingError,
  SyncSocket,
  utf8,
} from '@ts2p/sync'
export type {
  CloseOptions,
  Deletion,
  Encoding,
  EncodingName,
  Entries,
  Input,
  LeaseInfo,
  SyncSocketEvents,
  SyncSocketOptions,
  Update,
  WatchEvent,
  WatchOptions,
} from '@ts2p/sync'
export { selfSignedCertificate, tcp, tls } from '#platform'
export { noise, NoiseError } from '@ts2p/transport-noise'
export type { NoiseOptions } from '@ts2p/transport-noise'
export { secureWebsocket, websocket } from '@ts2p/transport-websocket'

// The names and argument orders of js2p.
export { base, mesh, sync }
