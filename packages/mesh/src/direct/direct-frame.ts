import { encodeAcknowledgment, encodeDirect, encodeDirectContent, OutgoingEnvelope, PacketLists } from '@ts2p/protocol'
import type { Acknowledgment, Direct, DirectContent } from '@ts2p/protocol'

/** Most links that a frame crosses. */
export const hopsMax = 32

/** What a frame to one node holds. */
export interface DirectParts extends Pick<Direct, 'source' | 'target' | 'time'> {
  /** Default: nothing. */
  readonly content?: Partial<DirectContent> | undefined
  readonly acknowledgment?: Acknowledgment | undefined
  readonly dropped?: Direct['dropped']
}

/** A frame to one node. @param sign makes its signature, if it needs one */
export function directFrame(parts: DirectParts, sign?: (direct: Direct) => Uint8Array | undefined): OutgoingEnvelope {
  const { source, target, time, content, acknowledgment, dropped } = parts
  const direct: Direct = {
    ...{ source, target, time, hopsLeft: hopsMax, dropped, contentHash: undefined, signature: undefined },
    content: content ? encodeDirectContent({ ...noContent, ...content }) : new Uint8Array(0),
    acknowledgment: acknowledgment ? encodeAcknowledgment(acknowledgment) : new Uint8Array(0),
  }
  return envelopeOf({ ...direct, signature: sign?.(direct) }, (content?.messages?.size ?? 0) > 0)
}

/** A frame as it travels. @param hasMessages whether messages are in it: other frames are short, and overtake these */
export function envelopeOf(direct: Direct, hasMessages: boolean): OutgoingEnvelope {
  return new OutgoingEnvelope(hasMessages ? 'forward' : 'acknowledge', encodeDirect(direct), { isUrgent: !hasMessages })
}

const noContent: DirectContent = {
  ...{ epoch: 0, first: 1, oldest: 1, messages: PacketLists.of([]), kinds: [], answered: undefined, isProbe: false },
}
