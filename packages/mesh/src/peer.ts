import type { Connection, Environment, Traffic } from '@ts2p/base'
import type { Address, NodeId } from '@ts2p/protocol'

/** A neighbor, as it was when it was asked for. */
export interface Peer {
  readonly id: NodeId
  /** Where it is: as this node dialed it, or the host that it dialed from. */
  readonly address: string
  /** Where it can be dialed, as seen from here; empty for a node that only dials. */
  readonly addresses: readonly Address[]
  /** Which of the two dialed the other. */
  readonly direction: 'dialed' | 'accepted'
  /** Since when they are linked, milliseconds since 1970, by this node's clock. */
  readonly linkedAt: number
  /** The round trip measured last, milliseconds; undefined before the first. */
  readonly roundTripMs: number | undefined
  /** Bytes that it has not taken yet. */
  readonly queuedBytes: number
  /** Bytes that the link has carried. */
  readonly traffic: Traffic
}

/** What an application sees of a link. */
export function peerOf(connection: Connection, environment: Pick<Environment, 'now' | 'monotonicNow'>): Peer {
  const { id, remote, peer, direction, establishedAt, clock, queuedBytes, traffic } = connection
  const now = environment.monotonicNow()
  const { errorMs = Infinity } = clock.current ?? {}
  return {
    ...{ id, address: remote, addresses: peer.addresses, direction, queuedBytes, traffic },
    linkedAt: environment.now() - (now - (establishedAt ?? now)),
    // Of a clock that is known by its hello only, nothing is measured.
    roundTripMs: Number.isFinite(errorMs) && clock.current?.at !== Number.NEGATIVE_INFINITY ? 2 * errorMs : undefined,
  }
}
