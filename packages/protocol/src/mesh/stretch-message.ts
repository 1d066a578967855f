import { ts2p } from '../../generated/mesh.js'
import { ProtocolError } from '../errors.ts'
import { bytesOf, decoding, integerOf, listOf, plainView } from '../fields.ts'

const raw = ts2p.v1

/** Most stretches in one message. */
export const stretchesMax = 4096

/** As the last sequence of what is wanted: up to the last that there is, and what comes later as well. */
export const openEnd: number = 2 ** 32 - 1

/** Consecutive messages of one run of one origin. */
export interface Stretch {
  /** SHA-256 of the origin's key, 32 bytes. */
  readonly origin: Uint8Array
  readonly epoch: number
  /** Sequences of the first and of the last. */
  readonly first: number
  readonly last: number
  /** Links that they crossed until they reached the sender. */
  readonly hops: number
  /** How long the sender has had the first of them, milliseconds, at most 2^32 - 1; 0: it does not say. */
  readonly ageMs: number
}

/** What a node asks of a neighbour. */
export interface Wanted {
  readonly stretches: readonly Stretch[]
  /** Only what the neighbour got within so many milliseconds, at most 2^32 - 1. */
  readonly ageMsMax: number
  /** From now on all messages of all origins. */
  readonly isEverything: boolean
}

/** Word of the messages that there are, as bytes; `decodeStretches` reads it. */
export function encodeStretches(stretches: readonly Stretch[]): Uint8Array {
  return plainView(raw.Stretches.encode({ stretches: [...stretches] }).finish())
}

/** @throws {ProtocolError} The payload is not a list of stretches. */
export function decodeStretches(payload: Uint8Array): Stretch[] {
  return stretchesOf(decoding('stretches', () => raw.Stretches.decode(payload)).stretches)
}

/** What messages are asked for, as bytes; `decodeWanted` reads it. */
export function encodeWanted({ stretches, ageMsMax, isEverything }: Wanted): Uint8Array {
  return plainView(raw.Wanted.encode({ stretches: [...stretches], ageMsMax, everything: isEverything }).finish())
}

/** @throws {ProtocolError} The payload does not say what is wanted. */
export function decodeWanted(payload: Uint8Array): Wanted {
  const { stretches, ageMsMax, everything } = decoding('wanted', () => raw.Wanted.decode(payload))
  return {
    stretches: stretchesOf(stretches),
    ageMsMax: integerOf(ageMsMax, 'wanted.age_ms_max'),
    isEverything: everything ?? false,
  }
}

function stretchesOf(stretches: readonly ts2p.v1.IStretch[] | null | undefined): Stretch[] {
  return listOf(stretches, 'stretches', stretchesMax).map(({ origin, epoch, first, last, hops, ageMs }) => {
    const stretch = {
      origin: bytesOf(origin, 'stretch.origin', 32),
      epoch: integerOf(epoch, 'stretch.epoch'),
      first: integerOf(first, 'stretch.first'),
      last: integerOf(last, 'stretch.last'),
      hops: integerOf(hops, 'stretch.hops'),
      ageMs: integerOf(ageMs, 'stretch.age_ms'),
    }
    if (stretch.last < stretch.first) throw new ProtocolError('stretch: it ends before it begins')
    return stretch
  })
}
