// Whoever compiles against the sockets needs `Symbol.asyncDispose`, whatever their own `lib` has.
/// <reference lib="esnext.disposable" preserve="true" />
export { advertisedAddress, reachableAddresses } from './dialing/advertised-address.ts'
export type { AddressSource } from './dialing/advertised-address.ts'
export type { BaseHandler } from './base-handler.ts'
export { isAdmitted } from './handshake/admission.ts'
export type {
  AdmissionRule,
  Candidate,
  DialAttempt,
  BaseSocketOptions,
  PersistentPeer,
  PersistentPeerOwner,
  InboundPeer,
} from './base-options.ts'
export { backoffMs, defaultBackoff } from './dialing/backoff.ts'
export type { BackoffTimes } from './dialing/backoff.ts'
export { BaseSocket, maintenanceMs } from './base-socket.ts'

export { Connection } from './links/connection.ts'
export type { PeerIdentity } from './links/connection.ts'
export type { ClockReading, MeasuredClock } from './links/peer-clock.ts'
export { defaultTransport } from './links/listeners.ts'
export { addressFrom } from './dialing/address-option.ts'
export type { AddressOption, ListenOption, ListenOptions } from './dialing/address-option.ts'
export { hostKey, hostsIn, networkScope } from './dialing/network-scope.ts'
export type { NetworkScope } from './dialing/network-scope.ts'
export type { CancelTimer, Environment, LogLevel } from './environment/environment.ts'
export { ArgumentError, ClosedError, HandshakeFailedError, PeerLostError, TimeoutError } from './errors.ts'
export type { BaseSocketEvents } from './standalone-handler.ts'
export { Issues } from './issues.ts'
export type { Failure, Issue } from './issues.ts'
export { jsonText } from './json-text.ts'
export { checkKnown } from './check-known.ts'
export { checkObject, checkOptions } from './check-options.ts'
export { PendingLink } from './handshake/pending-link.ts'
export { PendingLinks, plainHost } from './handshake/pending-links.ts'
export type { AcceptedSocket } from './handshake/pending-links.ts'
export { callIsolated, PublicEmitter } from './public-emitter.ts'
export type { FailureReport, ListenerOptions } from './public-emitter.ts'
export { RefusedError } from './handshake/refused-error.ts'
export { tlsOptionNames } from './node/tls-options.ts'
export type { Certificate, TlsOptions } from './node/tls-options.ts'
export { checkWait, waitFor, waitOptionNames } from './wait-options.ts'
export type { AbortSignalLike, Wait, WaitOptions } from './wait-options.ts'
export { untilClosed } from './until-closed.ts'
export type { Closable } from './until-closed.ts'
export { systemEnvironment } from './environment/system-environment.ts'
export type { SystemEnvironmentOptions } from './environment/system-environment.ts'
export type { Link, LinkHandler, Listener, Traffic, Transport } from './links/transport.ts'
export { AddressInUseError, ListenError, UnreachableError } from './links/transport-errors.ts'
