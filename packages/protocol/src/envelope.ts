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
}

/** One message for any number of links: framed once for all peers, and once more for those that take compression. */
export class OutgoingEnvelope {
  readonly flag: Flag
  readonly payload: Uint8Array
  #plain: Uint8Array | undefined
  #compressed: Uint8Array | undefined

  constructor(flag: Flag, payload: Uint8Array) {
    this.flag = flag
    this.payload = payload
  }

  /** The frame for a peer that does (`compressed`) or does not undo zlib. */
  frame(compressed: boolean): Uint8Array {
    if (!compressed) return (this.#plain ??= frameOf(this.flag, this.payload, compressions.none))
    this.#compressed ??= this.#compress() ?? this.frame(false)
    return this.#compressed
  }

  #compress(): Uint8Array | undefined {
    const payload = compress(this.payload)
    return payload && frameOf(this.flag, payload, compressions.zlib)
  }
}

function frameOf(flag: Flag, payload: Uint8Array, compression: number): Uint8Array {
  return encodeFrame(Envelope.encode({ flag: flags[flag], payload, compression }).finish())
}

/**
 * Reads a frame's body.
 * @throws {ProtocolError} It is not an envelope, or its payload cannot be inflated within the limits.
 */
export function decodeEnvelope(body: Uint8Array, limits: { bytesMax: number; ratioMax: number }): ReceivedEnvelope {
  const { flag, payload, compression } = decoding('envelope', () => Envelope.decode(body))
  switch (compression ?? compressions.none) {
    case compressions.none:
      return { flag: flagName(flag ?? 0), payload: plainView(payload) }
    case compressions.zlib:
      return { flag: flagName(flag ?? 0), payload: decompress(payload, limits) }
    default:
      throw new ProtocolError(`envelope: compression ${compression} was not offered`)
  }
}
