import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView } from '../field-checks.ts'

const raw = ts2p.v1

/** Most ranges in one message. */
export const sequenceRangesMax = 4096

/** As the last sequence of what is wanted: up to the last that there is, and what comes later as well. */
export const openEnd: number = 2 ** 32 - 1

/** Consecutive messages of one run of one source. */
export interface SequenceRange {
  /** SHA-256 of the source's key, 32 bytes. */
  readonly source: Uint8Array
  readonly epoch: number
  /** Sequences of the first and of the last. */
  readonly first: number
  readonly last: number
  /** Links that they crossed until they reached the sender. */
  readonly hops: number
  /** How long the sender has had the first of them, milliseconds, at most 2^32 - 1; 0: it does not say. */
  readonly ageMs: number
}

/** What a node asks of a neighbor. */
export interface IWant {
  readonly ranges: readonly SequenceRange[]
  /** Only what the neighbor got within so many milliseconds, at most 2^32 - 1. */
  readonly ageMsMax: number
  /** From now on all messages of all sources. */
  readonly isEverything: boolean
}

/** An IHAVE, the messages that a node has, as bytes; `decodeIHave` reads it. */
export function encodeIHave(ranges: readonly SequenceRange[]): Uint8Array {
  return plainView(raw.IHave.encode({ ranges: [...ranges] }).finish())
}

/** @throws {ProtocolError} The payload is not a list of ranges. */
export function decodeIHave(payload: Uint8Array): SequenceRange[] {
  return sequenceRangesOf(decoding('ranges', () => raw.IHave.decode(payload)).ranges)
}

/** What messages are asked for, as bytes; `decodeIWant` reads it. */
export function encodeIWant({ ranges, ageMsMax, isEverything }: IWant): Uint8Array {
  return plainView(raw.IWant.encode({ ranges: [...ranges], ageMsMax, everything: isEverything }).finish())
}

/** @throws {ProtocolError} The payload does not say what is wanted. */
export function decodeIWant(payload: Uint8Array): IWant {
  const { ranges, ageMsMax, everything } = decoding('wanted', () => raw.IWant.decode(payload))
  return {
    ranges: sequenceRangesOf(ranges),
    ageMsMax: integerOf(ageMsMax, 'wanted.age_ms_max'),
    isEverything: everything ?? false,
  }
}

function sequenceRangesOf(ranges: readonly ts2p.v1.ISequenceRange[] | null | undefined): SequenceRange[] {
  return listOf(ranges, 'ranges', sequenceRangesMax).map(({ source, epoch, first, last, hops, ageMs }) => {
    const range = {
      source: bytesOf(source, 'range.source', 32),
      epoch: integerOf(epoch, 'range.epoch'),
      first: integerOf(first, 'range.first'),
      last: integerOf(last, 'range.last'),
      hops: integerOf(hops, 'range.hops'),
      ageMs: integerOf(ageMs, 'range.age_ms'),
    }
    if (range.last < range.first) throw new ProtocolError('range: it ends before it begins')
    return range
  })
}
