import type { Address, Flag, ReceivedEnvelope } from '@ts2p/protocol'
import type { InboundPeer } from './base-options.ts'
import type { Connection } from './links/connection.ts'
import type { RefusedError } from './handshake/refused-error.ts'

/** The one handler of the layer above. Its calls come from the data path: it does not wait, and it does not throw for reasons of its own. */
export interface BaseHandler {
  onLink(connection: Connection): void
  onUnlink(connection: Connection, error: Error | undefined): void
  /** A message of an established link. @throws {ProtocolError} The peer is faulty, and its link closes. */
  onMessage(connection: Connection, flag: Flag, payload: Uint8Array, received: ReceivedEnvelope): void
  /** A link that was congested takes data again. */
  onWritable(connection: Connection): void
  onRefused(error: RefusedError): void
  /** An attempt at a persistent address has failed. */
  onDialFailed(address: Address, error: Error): void
  /** Once every `maintenanceMs`. */
  onMaintenance(now: number): void
  /**
   * The socket was closed: called once, in that call. Nothing can be dialed or accepted from here on. If a promise is returned, the links end
   * when it is settled, and until then the layer may send.
   */
  onClose?(): Promise<void> | undefined
  /** Whether there is room for a node that has dialed this one; default: while there are fewer than `peersMax` links. */
  hasRoomFor?(inboundPeer: InboundPeer): boolean
  /** Whether to ask for a place at this address even if there is none left; default: only while there is no link. */
  isHighPriority?(address: Address): boolean
  /** Addresses for a node that this one has no room for. */
  peerHints(): readonly Address[]
}
