import type { Address, Limits, NodeId, OwnIdentity, Subnet } from '@ts2p/protocol'
import type { Environment } from './environment.ts'
import type { Connection } from './connection.ts'
import type { ListenOptions } from './doors.ts'
import type { Transport } from './transport.ts'

/** Who asks to be linked. */
export interface Applicant {
  readonly id: NodeId
  readonly host: string
}

/** The ids of those who may be linked, or a rule. */
export type Admission = readonly NodeId[] | ((applicant: Applicant) => boolean)

export interface BaseSocketOptions {
  readonly identity: OwnIdentity
  readonly subnet: Subnet
  readonly environment: Environment
  /** All of the subnet's security; the first is the default. */
  readonly transports: readonly Transport[]
  /** Where to listen; nothing: this node only dials. */
  readonly listen?: readonly ListenOptions[]
  /** Addresses to give to others instead of those listened on, for a node behind a router. */
  readonly advertise?: readonly Address[]
  readonly limits?: Partial<Limits>
  /** Who may be linked, by id or by a rule, once it has proven its id; default everyone. */
  readonly allow?: Admission
  /**
   * Closes the network: only nodes with the same secret are linked. At least 16 bytes, or characters, that nobody can
   * guess; default none.
   */
  readonly secret?: string | Uint8Array
}

/** A dial, and whom to tell of its outcome. */
export interface Attempt {
  readonly address: Address
  resolve(connection: Connection): void
  reject(error: Error): void
}
