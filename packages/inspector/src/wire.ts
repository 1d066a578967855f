import type { Address, NodeId, Security } from '@ts2p/protocol'
import type { MeshMetrics, TreeView } from '@ts2p/mesh'
import type { LogLevel } from '@ts2p/base'

// What the inspector's server says to its page, as JSON.

/** What a network has in common about leases. */
export interface NodeLeaseTerms {
  /** Whether keys without a policy have leases. */
  readonly leasing: boolean
  /** Seconds, where a write names none; 0: no key has a lease. */
  readonly leaseSeconds: number
  /** Of the longest lease, seconds. */
  readonly leaseSecondsMax: number
  /** By prefixes of keys, a character for each byte. */
  readonly policies: readonly { readonly prefix: string; readonly leasing: boolean }[]
}

/** What a page must know of a node to be a node of the same network. */
export interface NodeDescription {
  readonly kind: 'node'
  readonly id: NodeId
  readonly protocolVersion: number
  readonly subnet: {
    readonly id: string
    readonly description: string
    readonly security: Security
    /** Null: there is no dictionary. */
    readonly leaseTerms: NodeLeaseTerms | null
    readonly isSigned: boolean
  }
  /** Of a closed network, hexadecimal; null if the inspector was given none. */
  readonly secret: string | null
  /** Where the page dials, by WebSocket. */
  readonly door: { readonly host: string; readonly port: number }
  readonly addresses: readonly Address[]
}

/** A link of the node. */
export interface LinkView {
  readonly id: NodeId
  readonly remote: string
  readonly direction: 'dialed' | 'accepted'
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly queuedBytes: number
}

/** What another node with an inspector has said of its links. */
export interface OtherNode {
  readonly id: NodeId
  readonly links: readonly NodeId[]
  readonly trees: readonly TreeView[]
}

/** How the node is now. */
export interface Snapshot {
  readonly kind: 'snapshot'
  /** Milliseconds since 1970, UTC. */
  readonly now: number
  readonly metrics: MeshMetrics
  readonly memory: { readonly residentBytes: number; readonly heapBytes: number }
  /** Null: there is no dictionary. */
  readonly keys: number | null
  readonly links: readonly LinkView[]
  readonly trees: readonly TreeView[]
  readonly others: readonly OtherNode[]
  /** Of the deliveries that came since the last snapshot, milliseconds; null: there were none. */
  readonly delays: { readonly meanMs: number; readonly maxMs: number } | null
}

/** First copies of broadcasts. */
export interface Propagation {
  readonly kind: 'propagation'
  /** The node to which they came. */
  readonly at: NodeId
  readonly copies: readonly PropagatedCopy[]
  /** How many more there were in this moment. */
  readonly omitted: number
}

/** Messages of one source that came by one link. */
export interface PropagatedCopy {
  readonly source: NodeId
  /** Null: they are the node's own. */
  readonly from: NodeId | null
  /** The number of the channel; 0: the application's own. */
  readonly channel: number
  readonly count: number
  readonly hops: number
  readonly delayMs: number
}

/** Something that was refused, or failed. */
export interface ReportedIssue {
  readonly kind: 'issue'
  /** Milliseconds since 1970, UTC. */
  readonly time: number
  readonly level: LogLevel
  /** Where it comes from: 'link', 'lease', 'issue', 'log', 'inspector', or 'page'. */
  readonly source: 'link' | 'lease' | 'issue' | 'log' | 'inspector' | 'page'
  readonly sentence: string
}

/** A line of `/events`. */
export type FeedEvent = NodeDescription | Snapshot | Propagation | ReportedIssue
