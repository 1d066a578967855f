import type { Connection } from '@ts2p/base'
import type { Channel } from '@ts2p/mesh'
import { batchStatement, encodeNeighborMessage } from '@ts2p/protocol'
import type { NeighborMessageKind } from '@ts2p/protocol'
import type { RecordPayload } from './replication/record-payload.ts'

/** The name of the channel of the dictionary. */
export const syncChannelName = 'sync'

/** Broadcasts records by a channel. What is not signed yet of this node's takes the signature of the broadcast. */
export function broadcastOn(channel: Channel, { bytes, shared }: RecordPayload): void {
  if (!shared) return void channel.broadcast(bytes)
  const { proof } = channel.broadcast(bytes, { statement: batchStatement(shared.size, shared.root) })
  if (proof) shared.adopt(proof)
}

/** Sends a neighbor a message of the dictionary. */
export type SendToNeighbor = (peer: Connection, kind: NeighborMessageKind, payload: Uint8Array) => void

/** Sends neighbors messages of the dictionary by a channel. */
export function sendOn(channel: Channel): SendToNeighbor {
  return (peer, kind, payload) => channel.send(peer, encodeNeighborMessage(kind, payload))
}
