import { broadcastHeaderHash, encodeBroadcast, portableSha256, signedMessage } from '@ts2p/protocol'
import type { BroadcastHeader, OwnIdentity } from '@ts2p/protocol'

/** A broadcast as its source signs it, encoded. What the header leaves out is: flag 'broadcast', no channel, one message. */
export function signedBroadcast(
  source: OwnIdentity,
  networkId: Uint8Array,
  {
    epoch,
    sequence,
    statement = new Uint8Array(0),
    ...rest
  }: Partial<Omit<BroadcastHeader, 'id'>> &
    Pick<BroadcastHeader, 'time' | 'content'> & { epoch: number; sequence: number; statement?: Uint8Array },
): Uint8Array {
  const header: BroadcastHeader = {
    flag: 'broadcast',
    channel: 0,
    count: 1,
    ...rest,
    id: { source: source.key, epoch, sequence },
  }
  const headerHash = broadcastHeaderHash(header, portableSha256)
  const signature = source.sign(signedMessage({ networkId, headerHash, statement }))
  const { id, time, count, content } = header
  return encodeBroadcast({ id, time, count, content, signature, statement })
}
