import type { Closable, Issue, Link, RefusedError } from '@ts2p/base'
import type { DeliveryObserver, MeshMetrics, MeshSocket, Message, TreeView } from '@ts2p/mesh'
import type { Address, NodeId, Subnet } from '@ts2p/protocol'
import type { NodeLeaseTerms } from './wire.ts'

/** What is looked into: a SyncSocket, or a MeshSocket. */
export interface Inspected extends Closable {
  readonly id: NodeId
  readonly subnet: Subnet
  readonly addresses: readonly Address[]
  readonly routingTable: MeshSocket['routingTable']
  /** 'Nominal', or a sentence for each kind of issue. */
  readonly issues: readonly Issue[]
  /** How many keys there are, where there is a dictionary. */
  readonly size?: number
  /** What its network has in common about leases, where there is a dictionary. */
  readonly leaseTerms?: NodeLeaseTerms
  /** Whether records are signed, where there is a dictionary. */
  readonly isSigned?: boolean
  metrics(): MeshMetrics
  trees(): readonly TreeView[]
  observeDeliveries(observer: DeliveryObserver): () => void
  accept(link: Link): void
  request(id: NodeId, packets: readonly string[], options: { type: string; timeoutMs: number }): Promise<Message>
  sendTo(id: NodeId, packets: readonly string[], options: { type: string }): Promise<void>
  registerHandler(handler: (message: Message) => boolean): void
  on(event: 'refused', listener: (error: RefusedError) => void): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'refused', listener: (error: RefusedError) => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/** A lease that a node held and another has now. */
export interface LostLease {
  readonly key: unknown
  readonly owner: NodeId
}

/** What dictionaries tell besides. */
interface LeaseHolder {
  on(event: 'lease-lost', listener: (lost: LostLease) => void): unknown
  off(event: 'lease-lost', listener: (lost: LostLease) => void): unknown
}

/** Whether a node has a dictionary, and so tells of leases. */
export function holdsLeases(node: Inspected): node is Inspected & LeaseHolder {
  return node.size !== undefined
}
