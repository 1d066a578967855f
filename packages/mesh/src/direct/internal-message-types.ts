import type { Connection } from '@ts2p/base'
import { bytesFromText } from '@ts2p/protocol'
import type { OutgoingEnvelope, PacketLists } from '@ts2p/protocol'

/** Types of messages to one node that are ts2p's own begin with this: its inspectors ask by them. */
const systemTypePrefix = 'ts2p/'
const systemTypeBytes = bytesFromText(systemTypePrefix)

/** Whether a type is ts2p's own: an application neither sees such messages nor has them in its metrics. */
export function isSystemType(type: string): boolean {
  return type.startsWith(systemTypePrefix)
}

/** Whether a frame has messages, all of them ts2p's own. */
export function isSystemFrame(messages: PacketLists): boolean {
  return messages.size > 0 && messages.everyTypeStartsWith(systemTypeBytes)
}

/** Sends a frame, whose bytes are not in the link's traffic if all its messages are ts2p's own. */
export function sendCounted(link: Connection, frame: OutgoingEnvelope, messages: PacketLists | undefined): void {
  const before = link.traffic.sentBytes
  link.send(frame)
  if (messages && isSystemFrame(messages)) link.discount({ sentBytes: link.traffic.sentBytes - before })
}
