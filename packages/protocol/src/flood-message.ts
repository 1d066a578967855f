import { ts2p } from '../generated/mesh.js'
import { ProtocolError } from './errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, required, timeOf } from './fields.ts'

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
  /** The packets of each message, as many messages as there are lists; the first of each is its type. At least one list. */
  readonly messages: readonly (readonly Uint8Array[])[]
  /** The message of the layer above, or what the flag says; then there is one message, without packets. */
  readonly payload: Uint8Array
}

/** Messages to all as bytes; `decodeFlood` reads them. */
export function encodeFlood({ id, time, messages, payload }: Flood): Uint8Array {
  const counts = messages.length === 1 ? [] : messages.map((packets) => packets.length)
  return plainView(raw.Flood.encode({ id, time, packets: messages.flat(), payload, counts }).finish())
}

/**
 * Reads a Flood.
 * @param payload not to be changed afterwards: the packets of the flood are views of it
 * @throws {ProtocolError} The payload is not a Flood.
 */
export function decodeFlood(payload: Uint8Array): Flood {
  const { id, time, packets, payload: inner, counts } = decoding('flood', () => raw.Flood.decode(payload))
  const views = listOf(packets, 'flood.packets', packetsMax).map(plainView)
  const firstId = messageIdOf(id, 'flood.id')
  const messages = counts && counts.length > 0 ? dealt(views, counts) : [views]
  if (!Number.isSafeInteger(firstId.sequence + messages.length) || firstId.sequence + messages.length > 2 ** 32)
    throw new ProtocolError('flood.counts: beyond the last sequence')
  return { id: firstId, time: timeOf(time, 'flood.time'), messages, payload: plainView(inner ?? new Uint8Array(0)) }
}

/** "Each count is 1 or more, and together they are all packets." */
function dealt(packets: readonly Uint8Array[], counts: readonly number[]): Uint8Array[][] {
  let start = 0
  const messages = counts.map((count) => packets.slice(start, (start += count)))
  if (start !== packets.length || counts.includes(0)) throw new ProtocolError('flood.counts: not those of the packets')
  return messages
}

interface RawMessageId {
  origin?: Uint8Array | null
  epoch?: number | null
  sequence?: number | null
}

export function messageIdOf(id: RawMessageId | null | undefined, what: string): MessageId {
  const { origin, epoch, sequence } = required(id, what)
  if (!sequence) throw new ProtocolError(`${what}: sequence 0`)
  return { origin: bytesOf(origin, `${what}.origin`, 32), epoch: integerOf(epoch, what), sequence }
}
