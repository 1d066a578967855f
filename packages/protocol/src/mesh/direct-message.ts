import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView, timeOf } from '../fields.ts'
import { packetsMax } from './flood-message.ts'
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

/** Messages of one source to one target. */
export interface Direct {
  /** SHA-256 of the keys, 32 bytes each. */
  readonly source: Uint8Array
  readonly target: Uint8Array
  readonly hopsLeft: number
  /** A random number that names this stream of messages from the source to the target. */
  readonly epoch: number
  /** Sequence of the first message, from 1 within the stream; without messages, of the next one. */
  readonly first: number
  /** The source will not send messages below this sequence again. */
  readonly oldest: number
  /** The source's clock, milliseconds since 1970, UTC. */
  readonly time: number
  readonly messages: PacketLists
  /** One for each message; empty if all are 'message'. */
  readonly kinds: readonly DirectKind[]
  /** Which requests of the target the answers and failures answer, in their order. */
  readonly answered: { readonly epoch: number; readonly sequences: readonly number[] } | undefined
  readonly acknowledgment: Acknowledgment | undefined
  readonly dropped: Dropped | undefined
  /** The source asks for an acknowledgment. */
  readonly isProbe: boolean
}

/** Messages to one node as bytes; `decodeDirect` reads them. */
export function encodeDirect(direct: Direct): Uint8Array {
  const { messages, kinds, answered, acknowledgment, dropped, isProbe } = direct
  const { bytes: packets, lengths, counts } = messages
  const { source, target, hopsLeft, epoch, first, oldest, time } = direct
  return plainView(
    raw.Direct.encode({
      ...{ source, target, hopsLeft, epoch, first, oldest, time, packets, lengths: [...lengths] },
      counts: counts.length === 1 ? [] : [...counts],
      kinds: kinds.map((kind) => directKinds.indexOf(kind)),
      ...(answered && { answeredEpoch: answered.epoch, answered: [...answered.sequences] }),
      ...(acknowledgment && { acknowledgment: rawAcknowledgment(acknowledgment) }),
      ...(dropped && { dropped: { ...dropped, reason: dropReasons.indexOf(dropped.reason) } }),
      probe: isProbe,
    }).finish(),
  )
}

function rawAcknowledgment({ epoch, upTo, ranges }: Acknowledgment): ts2p.v1.IAcknowledgment {
  return { epoch, upTo, ranges: ranges.flatMap(({ first, last }) => [first, last]) }
}

/**
 * Reads a Direct.
 * @param bytes not to be changed afterwards: the packets are views of them until they are read
 * @throws {ProtocolError} They are not a Direct.
 */
export function decodeDirect(bytes: Uint8Array): Direct {
  const direct = decoding('direct', () => raw.Direct.decode(bytes))
  const messages = messagesOf(direct)
  const [first, oldest] = [direct.first ?? 0, direct.oldest ?? 0]
  if (oldest < 1 || first < oldest) throw new ProtocolError('direct.oldest: not from 1 to direct.first')
  if (first + messages.size > 2 ** 32) throw new ProtocolError('direct.counts: beyond the last sequence')
  const kinds = kindsOf(direct.kinds ?? [], messages.size)
  return {
    source: bytesOf(direct.source, 'direct.source', 32),
    target: bytesOf(direct.target, 'direct.target', 32),
    hopsLeft: integerOf(direct.hopsLeft, 'direct.hops_left'),
    epoch: integerOf(direct.epoch, 'direct.epoch'),
    ...{ first, oldest, messages, kinds },
    time: timeOf(direct.time, 'direct.time'),
    answered: answeredOf(direct, kinds),
    acknowledgment: acknowledgmentOf(direct.acknowledgment),
    dropped: droppedOf(direct.dropped),
    isProbe: direct.probe,
  }
}

function messagesOf({ packets, lengths, counts }: ts2p.v1.IDirect): PacketLists {
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

function answeredOf({ answeredEpoch, answered }: ts2p.v1.IDirect, kinds: readonly DirectKind[]): Direct['answered'] {
  const sequences = [...listOf(answered, 'direct.answered', packetsMax)]
  const answers = kinds.filter((kind) => kind === 'answer' || kind === 'failure').length
  if (sequences.length !== answers) throw new ProtocolError('direct.answered: not one for each answer')
  return answers === 0 ? undefined : { epoch: integerOf(answeredEpoch, 'direct.answered_epoch'), sequences }
}

function acknowledgmentOf(acknowledgment: ts2p.v1.IAcknowledgment | null | undefined): Acknowledgment | undefined {
  if (!acknowledgment) return undefined
  const what = 'direct.acknowledgment'
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
