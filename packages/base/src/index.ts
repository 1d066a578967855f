export type { CancelTimer, Environment, LogLevel } from './environment.ts'
export type { Link, LinkHandler, Listener, Transport } from './transport.ts'
export { AddressInUseError, ListenError, UnreachableError } from './transport-errors.ts'
