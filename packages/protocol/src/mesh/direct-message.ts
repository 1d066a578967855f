import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, timeOf } from '../field-checks.ts'
import { signatureBytes } from '../identity/ed25519.ts'
import { packetsMax } from './broadcast-message.ts'
import { PacketLists } from './packet-lists.ts'

const raw = ts2p.v1

/** Most ranges in one acknowledgment. */
export const acknowledgedRangesMax = 32

/** The kinds of messages to one node, by their numbers on the wire. */
const directKinds = ['message', 'request', 'answer', 'failure'] as const
/** What a message to one node is. A 'failure' answers a request whose handler failed. */
export type DirectKind = (typeof directKinds)[number]

/** By their numbers on the wire. */
const dropReasons = ['no-route', 'congested'] as const
/** Why a relay has dropped messages. */
export type DropReason = (typeof dropReasons)[number]

/** Which messages of a stream were received. */
export interface Acknowledgment {
  readonly epoch: number
  /** All up to this sequence; 0: none. */
  readonly upTo: number
  /** Those above it, ascending. */
  readonly ranges: readonly { readonly first: number; readonly last: number }[]
}

/** Messages that a relay has dropped. */
export interface Dropped {
  /** SHA-256 of their target's key, 32 bytes. */
  readonly target: Uint8Array
  readonly epoch: number
  readonly first: number
  readonly count: number
  readonly reason: DropReason
}

/** Messages of one source to one target, or a question for an acknowledgment. */
export interface DirectContent {
  /** A random number that names this stream of messages from the source to the target. */
  readonly epoch: number
  /** Sequence of the first message, from 1 within the stream; without messages, of the next one. */
  readonly first: number
  /** The source will not send messages below this sequence again. */
  readonly oldest: number
  readonly messages: PacketLists
  /** One for each message; empty if all are 'message'. */
  readonly kinds: readonly DirectKind[]
  /** Which requests of the target the answers and failures answer, in their order. */
  readonly answered: { readonly epoch: number; readonly sequences: readonly number[] } | undefined
  /** The source asks for an acknowledgment. */
  readonly isProbe: boolean
}

/** What travels from one source to one target, with its parts as bytes. */
export interface Direct {
  /** The source's public key, 32 bytes. */
  readonly source: Uint8Array
  /** SHA-256 of the target's key, 32 bytes. */
  readonly target: Uint8Array
  /** The source's clock, milliseconds since 1970, UTC. */
  readonly time: number
  readonly hopsLeft: number
  /** A DirectContent; empty: none. */
  readonly content: Uint8Array
  /** SHA-256 of the content that a relay has taken out; undefined if it is here. */
  readonly contentHash: Uint8Array | undefined
  /** An Acknowledgment; empty: none. */
  readonly acknowledgment: Uint8Array
  /** The source's, 64 bytes. */
  readonly signature: Uint8Array | undefined
  readonly dropped: Dropped | undefined
}

/** A message to one node as bytes; `decodeDirect` reads it. */
export function encodeDirect({
  content,
  contentHash,
  acknowledgment,
  signature,
  dropped,
  ...fields
}: Direct): Uint8Array {
  const rawDropped = dropped && { ...dropped, reason: dropReasons.indexOf(dropped.reason) }
  const options = {
    ...(content.length > 0 && { content }),
    ...(contentHash && { contentHash }),
    ...(acknowledgment.length > 0 && { acknowledgment }),
    ...(signature && { signature }),
  }
  return plainView(raw.Direct.encode({ ...fields, ...options, ...(rawDropped && { dropped: rawDropped }) }).finish())
}

/**
 * Reads a Direct. It does not verify the signature, and does not read the content.
 * @param bytes not to be changed afterwards: the content is a view of them
 * @throws {ProtocolError} They are not a Direct.
 */
export function decodeDirect(bytes: Uint8Array): Direct {
  const direct = decoding('direct', () => raw.Direct.decode(bytes))
  const { content, contentHash, signature } = direct
  // Else the hash would be verified, and another content read.
  if (content.length > 0 && contentHash.length > 0) throw new ProtocolError('direct.content_hash: beside a content')
  return {
    source: bytesOf(direct.source, 'direct.source', 32),
    target: bytesOf(direct.target, 'direct.target', 32),
    time: timeOf(direct.time, 'direct.time'),
    hopsLeft: integerOf(direct.hopsLeft, 'direct.hops_left'),
    content: plainView(content),
    contentHash: contentHash.length === 0 ? undefined : bytesOf(contentHash, 'direct.content_hash', 32),
    acknowledgment: plainView(direct.acknowledgment),
    signature: signature.length === 0 ? undefined : bytesOf(signature, 'direct.signature', signatureBytes),
    dropped: droppedOf(direct.dropped),
  }
}

/** Messages to one node as bytes; `decodeDirectContent` reads them. */
export function encodeDirectContent(content: DirectContent): Uint8Array {
  const { messages, kinds, answered, epoch, first, oldest, isProbe } = content
  const { bytes: packets, lengths, counts } = messages
  return plainView(
    raw.DirectContent.encode({
      ...{ epoch, first, oldest, packets, lengths: [...lengths], probe: isProbe },
      counts: counts.length === 1 ? [] : [...counts],
      kinds: kinds.map((kind) => directKinds.indexOf(kind)),
      ...(answered && { answeredEpoch: answered.epoch, answered: [...answered.sequences] }),
    }).finish(),
  )
}

/**
 * Reads a DirectContent.
 * @param bytes not to be changed afterwards: the packets are views of them until they are read
 * @throws {ProtocolError} They are not a DirectContent.
 */
export function decodeDirectContent(bytes: Uint8Array): DirectContent {
  const content = decoding('direct', () => raw.DirectContent.decode(bytes))
  const messages = messagesOf(content)
  const { epoch, first, oldest, probe: isProbe } = content
  if (oldest < 1 || first < oldest) throw new ProtocolError('direct.oldest: not from 1 to direct.first')
  if (first + messages.size > 2 ** 32) throw new ProtocolError('direct.counts: beyond the last sequence')
  const kinds = kindsOf(content.kinds, messages.size)
  return {
    epoch: integerOf(epoch, 'direct.epoch'),
    first,
    oldest,
    messages,
    kinds,
    answered: answeredOf(content, kinds),
    isProbe,
  }
}

/** An acknowledgment as bytes; `decodeAcknowledgment` reads it. */
export function encodeAcknowledgment({ epoch, upTo, ranges }: Acknowledgment): Uint8Array {
  const numbers = ranges.flatMap(({ first, last }) => [first, last])
  return plainView(raw.Acknowledgment.encode({ epoch, upTo, ranges: numbers }).finish())
}

function messagesOf({ packets, lengths, counts }: ts2p.v1.IDirectContent): PacketLists {
  const lengthList = listOf(lengths, 'direct.lengths', packetsMax)
  const countList = listOf(counts, 'direct.counts', packetsMax)
  if (countList.includes(0)) throw new ProtocolError('direct.counts: a message of no packets')
  const isOne = countList.length === 0 && lengthList.length > 0
  return new PacketLists(plainView(packets ?? new Uint8Array(0)), lengthList, isOne ? [lengthList.length] : countList)
}

function kindsOf(numbers: readonly number[], size: number): DirectKind[] {
  if (numbers.length !== 0 && numbers.length !== size) throw new ProtocolError('direct.kinds: not one for each message')
  return numbers.map((number) => {
    const kind = directKinds[number]
    if (kind === undefined) throw new ProtocolError(`direct.kinds: ${number}`)
    return kind
  })
}

function answeredOf(
  { answeredEpoch, answered }: ts2p.v1.IDirectContent,
  kinds: readonly DirectKind[],
): DirectContent['answered'] {
  const sequences = [...listOf(answered, 'direct.answered', packetsMax)]
  const answers = kinds.filter((kind) => kind === 'answer' || kind === 'failure').length
  if (sequences.length !== answers) throw new ProtocolError('direct.answered: not one for each answer')
  return answers === 0 ? undefined : { epoch: integerOf(answeredEpoch, 'direct.answered_epoch'), sequences }
}

/** @throws {ProtocolError} The bytes are not an Acknowledgment. */
export function decodeAcknowledgment(bytes: Uint8Array): Acknowledgment {
  const what = 'direct.acknowledgment'
  const acknowledgment = decoding(what, () => raw.Acknowledgment.decode(bytes))
  const numbers = listOf(acknowledgment.ranges, what, 2 * acknowledgedRangesMax)
  if (numbers.length % 2 !== 0) throw new ProtocolError(`${what}: half a range`)
  const upTo = integerOf(acknowledgment.upTo, what)
  const ranges: { first: number; last: number }[] = []
  let above = upTo
  for (let index = 0; index < numbers.length; index += 2) {
    const [first = 0, last = 0] = numbers.slice(index, index + 2)
    if (first <= above || last < first) throw new ProtocolError(`${what}: ranges that do not ascend`)
    ranges.push({ first, last })
    above = last
  }
  return { epoch: integerOf(acknowledgment.epoch, what), upTo, ranges }
}

function droppedOf(dropped: ts2p.v1.IDropped | null | undefined): Dropped | undefined {
  if (!dropped) return undefined
  const reason = dropReasons[dropped.reason ?? 0]
  if (reason === undefined) throw new ProtocolError(`direct.dropped: reason ${dropped.reason}`)
  return {
    target: bytesOf(dropped.target, 'direct.dropped.target', 32),
    epoch: integerOf(dropped.epoch, 'direct.dropped.epoch'),
    first: integerOf(dropped.first, 'direct.dropped.first'),
    count: integerOf(dropped.count, 'direct.dropped.count'),
    reason,
  }
}
