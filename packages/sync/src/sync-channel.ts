import type { Connection } from '@ts2p/base'
import type { Channel } from '@ts2p/mesh'
import { encodeNeighborMessage } from '@ts2p/protocol'
import type { NeighborMessageKind } from '@ts2p/protocol'

/** The name of the channel of the dictionary. */
export const syncChannelName = 'sync'

/** The terms of the channel. @param options.leaseSeconds 0 without leases */
export function syncTerms(options: {
  readonly leaseSeconds: number
  readonly isSigned: boolean
}): Readonly<Record<'leases' | 'records', string>> {
  const { leaseSeconds, isSigned } = options
  return { leases: leaseSeconds === 0 ? 'off' : `${leaseSeconds} s`, records: isSigned ? 'signed' : 'unsigned' }
}

/** Sends a neighbor a message of the dictionary. */
export type SendToNeighbor = (peer: Connection, kind: NeighborMessageKind, payload: Uint8Array) => void

/** Sends neighbors messages of the dictionary by a channel. */
export function sendOn(channel: Channel): SendToNeighbor {
  return (peer, kind, payload) => channel.send(peer, encodeNeighborMessage(kind, payload))
}
