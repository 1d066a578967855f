// Whoever compiles against the sockets needs `Symbol.asyncDispose`, whatever their own `lib` has.
/// <reference lib="esnext.disposable" preserve="true" />
export { advertisedAddress, reachableAddresses } from './advertised.ts'
export type { Teller } from './advertised.ts'
export type { BaseHandler } from './base-handler.ts'
export { isAdmitted } from './admission.ts'
export type {
  Admission,
  Applicant,
  Attempt,
  BaseSocketOptions,
  KeptAddress,
  KeptPeer,
  Newcomer,
} from './base-options.ts'
export { backoffMs, defaultBackoff } from './backoff.ts'
export type { BackoffTimes } from './backoff.ts'
export { BaseSocket, sweepMs } from './base-socket.ts'

export { Connection } from './connection.ts'
export type { Peer } from './connection.ts'
export { defaultTransport } from './doors.ts'
export type { ListenOptions } from './doors.ts'
export { hostKey, hostsIn, networkScope } from './network-scope.ts'
export type { NetworkScope } from './network-scope.ts'
export type { CancelTimer, Environment, LogLevel } from './environment.ts'
export { ArgumentError, ClosedError, HandshakeFailedError, PeerLostError } from './errors.ts'
export type { BaseSocketEvents } from './event-handler.ts'
export { Issues } from './issues.ts'
export type { Issue } from './issues.ts'
export { checkObject, checkOptions } from './option-check.ts'
export { PendingLink } from './pending-link.ts'
export { PendingLinks, plainHost } from './pending-links.ts'
export type { AcceptedSocket } from './pending-links.ts'
export { callIsolated, PublicEmitter } from './public-emitter.ts'
export type { FailureReport } from './public-emitter.ts'
export { RefusedError } from './refused-error.ts'
export type { Certificate, TlsOptions } from './node/tls-options.ts'
export { systemEnvironment } from './system-environment.ts'
export type { SystemEnvironmentOptions } from './system-environment.ts'
export type { Link, LinkHandler, Listener, Transport } from './transport.ts'
export { AddressInUseError, ListenError, UnreachableError } from './transport-errors.ts'
