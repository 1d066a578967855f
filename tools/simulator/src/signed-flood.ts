import { broadcastHeaderHash, encodeFlood, portableSha256, signedMessage } from '@ts2p/protocol'
import type { FloodHeader, OwnIdentity } from '@ts2p/protocol'

/** A broadcast as its origin signs it, encoded. What the header leaves out is: flag 'broadcast', no channel, one message. */
export function signedFlood(
  origin: OwnIdentity,
  networkId: Uint8Array,
  {
    epoch,
    sequence,
    statement = new Uint8Array(0),
    ...rest
  }: Partial<Omit<FloodHeader, 'id'>> &
    Pick<FloodHeader, 'time' | 'content'> & { epoch: number; sequence: number; statement?: Uint8Array },
): Uint8Array {
  const header: FloodHeader = {
    flag: 'broadcast',
    channel: 0,
    count: 1,
    ...rest,
    id: { origin: origin.key, epoch, sequence },
  }
  const headerHash = broadcastHeaderHash(header, portableSha256)
  const signature = origin.sign(signedMessage({ networkId, headerHash, statement }))
  const { id, time, count, content } = header
  return encodeFlood({ id, time, count, content, signature, statement })
}
