import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, required, timeOf } from '../fields.ts'
import { PacketLists } from './packet-lists.ts'

const raw = ts2p.v1

/** Most packets in one message, and in all messages of a flood. */
export const packetsMax = 4096

/** Which message: unique over all nodes and all their runs. */
export interface MessageId {
  /** SHA-256 of the origin's key, 32 bytes. */
  readonly origin: Uint8Array
  /** A random number that the origin drew when its run began. */
  readonly epoch: number
  /** From 1, within the epoch. */
  readonly sequence: number
}

/** What spreads from neighbour to neighbour: messages of one origin with consecutive sequences; flag whisper: to the neighbours only. */
export interface Flood {
  /** Of the first message. */
  readonly id: MessageId
  /** The origin's clock, milliseconds since 1970, UTC. */
  readonly time: number
  /** The packets of each message, the first of each is its type. */
  readonly messages: PacketLists
  /** The message of the layer above, or what the flag says; then there is one message, without packets. */
  readonly payload: Uint8Array
}

/** Messages to all as bytes; `decodeFlood` reads them. */
export function encodeFlood({ id, time, messages, payload }: Flood): Uint8Array {
  const { bytes: packets, lengths, counts } = messages
  const fields = { id, time, packets, lengths: [...lengths], counts: counts.length === 1 ? [] : [...counts], payload }
  return plainView(raw.Flood.encode(fields).finish())
}

/**
 * Reads a Flood.
 * @param bytes not to be changed afterwards: the flood's packets and payload are views of them until they are read
 * @throws {ProtocolError} They are not a Flood.
 */
export function decodeFlood(bytes: Uint8Array): Flood {
  const { id, time, packets, lengths, payload, counts } = decoding('flood', () => raw.Flood.decode(bytes))
  const messages = messagesOf(
    packets,
    listOf(lengths, 'flood.lengths', packetsMax),
    listOf(counts, 'flood.counts', packetsMax),
  )
  const firstId = messageIdOf(id, 'flood.id')
  if (firstId.sequence + messages.size > 2 ** 32) throw new ProtocolError('flood.counts: beyond the last sequence')
  return { id: firstId, time: timeOf(time, 'flood.time'), messages, payload: viewOf(payload) }
}

/** "Each count is 1 or more, and together they are all packets." */
function messagesOf(
  packets: Uint8Array | null | undefined,
  lengths: readonly number[],
  counts: readonly number[],
): PacketLists {
  if (counts.includes(0)) throw new ProtocolError('flood.counts: a message of no packets')
  return new PacketLists(viewOf(packets), lengths, counts.length === 0 ? [lengths.length] : counts)
}

function viewOf(bytes: Uint8Array | null | undefined): Uint8Array {
  return plainView(bytes ?? new Uint8Array(0))
}

interface RawMessageId {
  origin?: Uint8Array | null
  epoch?: number | null
  sequence?: number | null
}

function messageIdOf(id: RawMessageId | null | undefined, what: string): MessageId {
  const { origin, epoch, sequence } = required(id, what)
  if (!sequence) throw new ProtocolError(`${what}: sequence 0`)
  return { origin: bytesOf(origin, `${what}.origin`, 32), epoch: integerOf(epoch, what), sequence }
}
