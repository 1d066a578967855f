import { ts2p } from '../../generated/envelope.js'
import { decoding, plainView, timeOf } from '../field-checks.ts'

const { Ping: raw } = ts2p.v1

/** The payload of a ping, or of the pong that answers it. */
export interface Ping {
  /** The pong repeats that of the ping. */
  readonly nonce: number
  /** Of a pong: the sender's clock, milliseconds since 1970. Of a ping: 0. */
  readonly time: number
}

/** A ping or a pong as bytes; `decodePing` reads them. */
export function encodePing(ping: Ping): Uint8Array {
  return plainView(raw.encode(ping).finish())
}

/** @throws {ProtocolError} The payload is not that of a ping or a pong. */
export function decodePing(payload: Uint8Array): Ping {
  const { nonce, time } = decoding('ping', () => raw.decode(payload))
  return { nonce: (nonce ?? 0) >>> 0, time: timeOf(time, 'ping.time') }
}
