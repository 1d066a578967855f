import type { Address, Flag } from '@ts2p/protocol'
import type { Connection } from './connection.ts'
import type { RefusedError } from './refused-error.ts'

/** The one handler of the layer above. Its calls come from the data path: it does not wait, and it does not throw for reasons of its own. */
export interface BaseHandler {
  onLink(connection: Connection): void
  onUnlink(connection: Connection, error: Error | undefined): void
  /** A message of an established link. @throws {ProtocolError} The peer is faulty, and its link closes. */
  onMessage(connection: Connection, flag: Flag, payload: Uint8Array): void
  /** A link that was congested takes data again. */
  onWritable(connection: Connection): void
  onRefused(error: RefusedError): void
  /** An attempt at a kept address has failed. */
  onDialFailed(address: Address, error: Error): void
  /** Once every `sweepMs`. */
  onSweep(now: number): void
  /** Addresses for a node that this one has no room for. */
  alternatives(): readonly Address[]
}
