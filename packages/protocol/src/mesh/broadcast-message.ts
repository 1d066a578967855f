import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, required, timeOf } from '../field-checks.ts'
import { signatureBytes } from '../identity/ed25519.ts'
import { PacketLists } from './packet-lists.ts'

const raw = ts2p.v1

/** Most packets in one message, and in all messages of a broadcast. */
export const packetsMax = 4096
/** Most bytes of what a layer signs together with a message. */
export const statementBytesMax = 64

/** Which message: unique over all nodes and all their runs. */
export interface MessageId {
  /** The source's public key, 32 bytes. */
  readonly source: Uint8Array
  /** A random number that the source drew when its run began. */
  readonly epoch: number
  /** From 1, within the epoch. */
  readonly sequence: number
}

/** What spreads from neighbor to neighbor: messages of one source with consecutive sequences; flag whisper: one, to the neighbors only. */
export interface Broadcast {
  /** Of the first message. */
  readonly id: MessageId
  /** The source's clock, milliseconds since 1970, UTC. */
  readonly time: number
  /** How many messages there are, 1 or more. */
  readonly count: number
  /** Packets of the application, which `decodePackets` reads; or the message of a layer, or what the flag says. */
  readonly content: Uint8Array
  /** The source's, 64 bytes; undefined where messages are not signed. */
  readonly signature: Uint8Array | undefined
  /** What the source's layer has signed with the same signature; empty: nothing. */
  readonly statement: Uint8Array
}

/** Broadcasts as bytes; `decodeBroadcast` reads them. */
export function encodeBroadcast({ signature, statement, ...fields }: Broadcast): Uint8Array {
  const signed = { ...(signature && { signature }), ...(statement.length > 0 && { statement }) }
  return plainView(raw.Broadcast.encode({ ...fields, ...signed }).finish())
}

/**
 * Reads a Broadcast. It does not verify the signature, and does not read the content.
 * @param bytes not to be changed afterwards: the content is a view of them
 * @throws {ProtocolError} They are not a Broadcast.
 */
export function decodeBroadcast(bytes: Uint8Array): Broadcast {
  const { id, time, count, content, signature, statement } = decoding('broadcast', () => raw.Broadcast.decode(bytes))
  const firstId = messageIdOf(id, 'broadcast.id')
  if (count < 1 || count > packetsMax) throw new ProtocolError(`broadcast.count: ${count}`)
  if (firstId.sequence + count > 2 ** 32) throw new ProtocolError('broadcast.count: beyond the last sequence')
  if (statement.length > statementBytesMax) throw new ProtocolError(`broadcast.statement: ${statement.length} bytes`)
  return {
    id: firstId,
    time: timeOf(time, 'broadcast.time'),
    count,
    content: plainView(content),
    signature: signature.length === 0 ? undefined : bytesOf(signature, 'broadcast.signature', signatureBytes),
    statement: plainView(statement),
  }
}

/** The packets of messages as bytes; `decodePackets` reads them. */
export function encodePackets({ bytes: packets, lengths, counts }: PacketLists): Uint8Array {
  const fields = { packets, lengths: [...lengths], counts: counts.length === 1 ? [] : [...counts] }
  return plainView(raw.Packets.encode(fields).finish())
}

/**
 * Reads the packets of messages.
 * @param bytes not to be changed afterwards: the packets are views of them until they are read
 * @throws {ProtocolError} They are not that.
 */
export function decodePackets(bytes: Uint8Array, messages: number): PacketLists {
  const { packets, lengths, counts } = decoding('packets', () => raw.Packets.decode(bytes))
  const lengthList = listOf(lengths, 'packets.lengths', packetsMax)
  const countList = listOf(counts, 'packets.counts', packetsMax)
  // "Each count is 1 or more, and together they are all packets."
  if (countList.includes(0) || lengthList.length === 0)
    throw new ProtocolError('packets.counts: a message of no packets')
  const lists = new PacketLists(
    plainView(packets),
    lengthList,
    countList.length === 0 ? [lengthList.length] : countList,
  )
  if (lists.size !== messages) throw new ProtocolError(`packets.counts: ${lists.size} messages, not ${messages}`)
  return lists
}

interface RawMessageId {
  source?: Uint8Array | null
  epoch?: number | null
  sequence?: number | null
}

function messageIdOf(id: RawMessageId | null | undefined, what: string): MessageId {
  const { source, epoch, sequence } = required(id, what)
  if (!sequence) throw new ProtocolError(`${what}: sequence 0`)
  return { source: bytesOf(source, `${what}.source`, 32), epoch: integerOf(epoch, what), sequence }
}
