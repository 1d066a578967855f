import { encodeDirect, OutgoingEnvelope, PacketLists } from '@ts2p/protocol'
import type { Direct } from '@ts2p/protocol'

/** Most links that a frame crosses. */
export const hopsMax = 32

/** A frame to one node, of what it is to hold; all else is absent. */
export function directFrame(parts: Partial<Direct> & Pick<Direct, 'source' | 'target' | 'time'>): OutgoingEnvelope {
  const direct: Direct = {
    ...{ hopsLeft: hopsMax, epoch: 0, first: 1, oldest: 1, messages: PacketLists.of([]), kinds: [] },
    ...{ answered: undefined, acknowledgment: undefined, dropped: undefined, isProbe: false },
    ...parts,
  }
  const isUrgent = direct.messages.size === 0
  return new OutgoingEnvelope(isUrgent ? 'acknowledge' : 'forward', encodeDirect(direct), { isUrgent })
}
