import { ts2p } from '../generated/envelope.js'
import { compress, compressions, decompress } from './compression.ts'
import { ProtocolError } from './errors.ts'
import { decoding, plainView } from './fields.ts'
import { flagName, flags } from './flag.ts'
import type { Flag } from './flag.ts'
import { encodeFrame } from './frame.ts'

const { Envelope } = ts2p.v1

/** One message on a link, as received. */
export interface ReceivedEnvelope {
  /** Undefined: a message of a later version, to be skipped. */
  readonly flag: Flag | undefined
  /** A view of the received bytes, valid until the next frame: copy before keeping. */
  readonly payload: Uint8Array
  /** The payload as it came, if it was compressed: whoever passes it on need not do that again. Valid as long. */
  readonly compressed: Uint8Array | undefined
  /** Messages to all: how many links it has crossed, this one included. */
  readonly hops: number
}

/** One message for any number of links: framed once for all peers, and once more for those that take compression. */
export class OutgoingEnvelope {
  readonly flag: Flag
  readonly payload: Uint8Array
  readonly #passedOn: { readonly hops?: number }
  readonly #zipped: Uint8Array | undefined
  #plain: Uint8Array | undefined
  #compressed: Uint8Array | undefined

  /** @param passedOn of a message to all: the links that it will have crossed, and its payload as it came if that was compressed */
  constructor(flag: Flag, payload: Uint8Array, passedOn?: { hops: number; compressed?: Uint8Array | undefined }) {
    this.flag = flag
    this.payload = payload
    this.#passedOn = passedOn ? { hops: passedOn.hops } : {}
    this.#zipped = passedOn?.compressed
  }

  /** The frame for a peer that does (`compressed`) or does not undo zlib. */
  frame(compressed: boolean): Uint8Array {
    if (!compressed) return (this.#plain ??= this.#frameOf(this.payload, compressions.none))
    this.#compressed ??= this.#compress() ?? this.frame(false)
    return this.#compressed
  }

  #compress(): Uint8Array | undefined {
    const payload = this.#zipped ?? compress(this.payload)
    return payload && this.#frameOf(payload, compressions.zlib)
  }

  #frameOf(payload: Uint8Array, compression: number): Uint8Array {
    return encodeFrame(Envelope.encode({ flag: flags[this.flag], payload, compression, ...this.#passedOn }).finish())
  }
}

/**
 * Reads a frame's body.
 * @throws {ProtocolError} It is not an envelope, or its payload cannot be inflated within the limits.
 */
export function decodeEnvelope(body: Uint8Array, limits: { bytesMax: number; ratioMax: number }): ReceivedEnvelope {
  const { flag, payload, compression, hops } = decoding('envelope', () => Envelope.decode(body))
  const rest = { flag: flagName(flag ?? 0), hops: hops ?? 0 }
  switch (compression ?? compressions.none) {
    case compressions.none:
      return { ...rest, payload: plainView(payload), compressed: undefined }
    case compressions.zlib:
      return { ...rest, payload: decompress(payload, limits), compressed: plainView(payload) }
    default:
      throw new ProtocolError(`envelope: compression ${compression} was not offered`)
  }
}
