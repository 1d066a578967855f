import { ts2p } from '../../generated/envelope.js'
import { compress, compressions, decompress } from './compression.ts'
import { ProtocolError } from '../errors.ts'
import { decoding, plainView } from '../field-checks.ts'
import { flagName, flags } from './flag.ts'
import type { Flag } from './flag.ts'
import { encodeFrame, frameHeaderBytes } from './frame.ts'
import type { Frame } from './frame.ts'

const { Envelope } = ts2p.v1

/** Payloads from so many bytes on are not copied into the frame: they stay a part of their own. */
const apartBytesMin = 2048
/** Field 2 of an envelope, in bytes. */
const payloadTag = (2 << 3) | 2

/** One message on a link, as received. */
export interface ReceivedEnvelope {
  /** Undefined: a message of a later version, to be skipped. */
  readonly flag: Flag | undefined
  /** A view of the received bytes, which do not change: who keeps it keeps all that came with it. */
  readonly payload: Uint8Array
  /** The payload as it came, if it was compressed: whoever passes it on need not do that again. A view as well. */
  readonly compressed: Uint8Array | undefined
  /** Broadcasts: how many links it has crossed, this one included. */
  readonly hops: number
  /** The number of the channel that it belongs to; 0: none. */
  readonly channel: number
  /** Bytes of its frame. */
  readonly frameBytes: number
}

/** What an envelope has besides its payload. */
export interface EnvelopeOptions {
  /** Broadcasts: how many links it will have crossed when it arrives. Default 0: none of these. */
  readonly hops?: number
  /** Of a message that is passed on: the payload as it came, if it came compressed. */
  readonly compressed?: Uint8Array | undefined
  /** The number of its channel; default 0, none. */
  readonly channel?: number
  /** Whether it overtakes other messages that wait for the link. Default false. */
  readonly isUrgent?: boolean
}

/** One message for any number of links: framed once for all peers, and once more for those that take compression. */
export class OutgoingEnvelope {
  readonly flag: Flag
  readonly payload: Uint8Array
  readonly isUrgent: boolean
  readonly #hops: number
  readonly #channel: number
  /** Compressed as it came; null: it came as it is. */
  readonly #zipped: Uint8Array | null | undefined
  #plain: Frame | undefined
  #compressed: Frame | undefined

  constructor(flag: Flag, payload: Uint8Array, options: EnvelopeOptions = {}) {
    const { hops = 0, channel = 0, isUrgent = false } = options
    this.flag = flag
    this.payload = payload
    this.isUrgent = isUrgent
    this.#hops = hops
    this.#channel = channel
    this.#zipped = 'compressed' in options ? (options.compressed ?? null) : undefined
  }

  /** The frame for a peer that does (`compressed`) or does not undo zlib. */
  frame(compressed: boolean): Frame {
    if (!compressed) return (this.#plain ??= this.#frameOf(this.payload, compressions.none))
    this.#compressed ??= this.#compress() ?? this.frame(false)
    return this.#compressed
  }

  #compress(): Frame | undefined {
    const payload = this.#zipped === undefined ? compress(this.payload) : (this.#zipped ?? undefined)
    return payload && this.#frameOf(payload, compressions.zlib)
  }

  #frameOf(payload: Uint8Array, compression: number): Frame {
    const flag = flags[this.flag]
    // Fields that are 0 are not written.
    const [hops, channel] = [this.#hops, this.#channel]
    if (payload.length < apartBytesMin) {
      return encodeFrame(Envelope.encode({ flag, payload, compression, hops, channel }).finish())
    }
    // Protobuf's fields are one behind the other: the same bytes as above, the payload where it is.
    const before = Envelope.encode({ flag }).uint32(payloadTag).uint32(payload.length).finish()
    return encodeFrame(before, payload, Envelope.encode({ compression, hops, channel }).finish())
  }
}

/**
 * Reads a frame's body.
 * @throws {ProtocolError} It is not an envelope, or its payload cannot be inflated within the limits.
 */
export function decodeEnvelope(body: Uint8Array, limits: { bytesMax: number; ratioMax: number }): ReceivedEnvelope {
  const { flag, payload, compression, hops, channel } = decoding('envelope', () => Envelope.decode(body))
  const rest = {
    ...{ flag: flagName(flag ?? 0), hops: hops ?? 0, channel: channel ?? 0 },
    frameBytes: frameHeaderBytes + body.length,
  }
  switch (compression ?? compressions.none) {
    case compressions.none:
      return { payload: plainView(payload), compressed: undefined, ...rest }
    case compressions.zlib:
      return { payload: decompress(payload, limits), compressed: plainView(payload), ...rest }
    default:
      throw new ProtocolError(`envelope: compression ${compression} was not offered`)
  }
}
