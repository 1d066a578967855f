import type { Address, Identity, Limits, NodeId, Subnet } from '@ts2p/protocol'
import type { Environment } from './environment.ts'
import type { Connection } from './connection.ts'
import type { ListenOptions } from './doors.ts'
import type { Transport } from './transport.ts'

/** Who asks to be linked. */
export interface Applicant {
  readonly id: NodeId
  readonly host: string
}

export interface BaseSocketOptions {
  readonly identity: Identity
  readonly subnet: Subnet
  readonly environment: Environment
  /** All of the subnet's security; the first is the default. */
  readonly transports: readonly Transport[]
  /** Where to listen; nothing: this node only dials. */
  readonly listen?: readonly ListenOptions[]
  /** Addresses to give to others instead of those listened on, for a node behind a router. */
  readonly advertise?: readonly Address[]
  readonly limits?: Partial<Limits>
  /** Whether to accept a node; default everyone. */
  readonly allow?: (applicant: Applicant) => boolean
}

/** A dial, and whom to tell of its outcome. */
export interface Attempt {
  readonly address: Address
  resolve(connection: Connection): void
  reject(error: Error): void
}
