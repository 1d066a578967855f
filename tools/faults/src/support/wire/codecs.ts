import { isDeepStrictEqual } from 'node:util'
import {
  bytesFromText,
  decodeReconciliation,
  decodeAcknowledgment,
  decodeDirect,
  decodeDirectContent,
  decodeEnvelope,
  decodeBroadcast,
  decodeHandshake,
  decodeNeighborMessage,
  decodePackets,
  decodePeers,
  decodeAcknowledgmentReply,
  decodeAcknowledgmentRequest,
  decodeRecords,
  decodeIHave,
  decodeIWant,
  defaultLimits,
  encodeReconciliation,
  encodeAcknowledgment,
  encodeDirect,
  encodeDirectContent,
  encodeBroadcast,
  encodeHandshake,
  encodeNeighborMessage,
  encodePackets,
  encodePeers,
  encodeAcknowledgmentReply,
  encodeAcknowledgmentRequest,
  encodeRecords,
  encodeIHave,
  encodeIWant,
  FrameDecoder,
  frameHeaderBytes,
  hashFromNodeId,
  isNodeId,
  nodeIdFromHash,
  OutgoingEnvelope,
  ProtocolError,
  textFromBytes,
} from '@ts2p/protocol'
import type { NodeId } from '@ts2p/protocol'

/** Reads bytes and writes what they mean. */
export interface Codec {
  /** @returns the meaning of the bytes, and a function that encodes it; undefined where this version skips it */
  decode(bytes: Uint8Array): Decoded
}

/** What a decoder made of some bytes. */
interface Decoded {
  readonly value: unknown
  /** The bytes of the same meaning. Undefined: a message of a later version, which no encoder here writes. */
  readonly encode: (() => Uint8Array) | undefined
}

function codec<T>(decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array): Codec {
  return {
    decode: (bytes) => {
      const value = decode(bytes)
      return { value, encode: () => encode(value) }
    },
  }
}

const inflateLimits = { bytesMax: defaultLimits.frameBytesMax, ratioMax: defaultLimits.inflateRatioMax }

function decodeBody(body: Uint8Array): Decoded {
  const { flag, payload, compressed, hops, channel } = decodeEnvelope(body, inflateLimits)
  const value = { flag, payload, hops, channel }
  if (flag === undefined) return { value, encode: undefined }
  const encode = (): Uint8Array => {
    const frame = new OutgoingEnvelope(flag, payload, { hops, channel, compressed }).frame(compressed !== undefined)
    return Buffer.concat(frame.chunks).subarray(frameHeaderBytes)
  }
  return { value, encode }
}

function decodeFrames(bytes: Uint8Array): Uint8Array[] {
  const decoder = new FrameDecoder(defaultLimits.handshakeFrameBytesMax)
  const bodies: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += 7) {
    decoder.push(bytes.subarray(start, start + 7))
    for (let body = decoder.next(); body; body = decoder.next()) bodies.push(Uint8Array.from(body))
  }
  if (decoder.pendingBytes > 0) throw new ProtocolError('the stream ends within a frame')
  return bodies
}

function encodeFrames(bodies: readonly Uint8Array[]): Uint8Array {
  const headerOf = (length: number): Uint8Array => Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length)
  return Buffer.concat(bodies.flatMap((body) => [headerOf(body.length), body]))
}

function decodeNodeId(bytes: Uint8Array): NodeId {
  const text = textFromBytes(bytes)
  if (!isNodeId(text)) throw new ProtocolError('not a node id')
  return nodeIdFromHash(hashFromNodeId(text))
}

/** Every decoder of the protocol, by the name of what it decodes. */
export const codecs: ReadonlyMap<string, Codec> = new Map<string, Codec>([
  ['frame', codec(decodeFrames, encodeFrames)],
  ['envelope', { decode: decodeBody }],
  ['handshake', codec(decodeHandshake, encodeHandshake)],
  // Their packets are views by contract.
  ['broadcast', codec((bytes) => decodeBroadcast(bytes.slice()), encodeBroadcast)],
  ['packets', codec((bytes) => decodePackets(bytes.slice(), 3), encodePackets)],
  ['direct', codec((bytes) => decodeDirect(bytes.slice()), encodeDirect)],
  ['direct-content', codec((bytes) => decodeDirectContent(bytes.slice()), encodeDirectContent)],
  ['acknowledgment', codec(decodeAcknowledgment, encodeAcknowledgment)],
  ['peers', codec((bytes) => decodePeers(bytes, defaultLimits.exchangeAddressesMax), encodePeers)],
  ['ihave', codec(decodeIHave, encodeIHave)],
  ['iwant', codec(decodeIWant, encodeIWant)],
  ['records', codec(decodeRecords, encodeRecords)],
  ['reconciliation', codec(decodeReconciliation, encodeReconciliation)],
  ['acknowledgment-request', codec(decodeAcknowledgmentRequest, encodeAcknowledgmentRequest)],
  ['neighbor', codec(decodeNeighborMessage, ({ kind, payload }) => encodeNeighborMessage(kind, payload))],
  ['acknowledgment-reply', codec(decodeAcknowledgmentReply, encodeAcknowledgmentReply)],
  ['node-id', codec(decodeNodeId, bytesFromText)],
])

/**
 * Decoders that accept one encoding only. Protobuf has several for each message: docs/protocol.md demands that unknown
 * fields are skipped, and what is signed is made from the meaning of a message, not from its bytes.
 */
const strictCodecs: ReadonlySet<string> = new Set(['frame', 'node-id'])

/** The names of all decoders. */
export const codecNames: readonly string[] = [...codecs.keys()]

/** What a decoder did with an input. */
export interface Trial {
  readonly outcome: 'refused' | 'accepted'
  /** What did not hold. */
  readonly violation: string | undefined
}

/**
 * Gives an input to a decoder. Anything but a `ProtocolError` is a violation. So is an accepted message whose meaning
 * changes on the way through the encoder and the decoder, or has two encodings.
 */
export function tryDecoder(name: string, bytes: Uint8Array): Trial {
  const decoder = codecs.get(name)
  if (!decoder) throw new RangeError(`There is no decoder '${name}'.`)
  const violated = (sentence: string): Trial => {
    const hex = Buffer.from(bytes).toString('hex')
    return { outcome: 'accepted', violation: `${name} of ${hex}: ${sentence}` }
  }
  let decoded: Decoded
  try {
    decoded = decoder.decode(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return { outcome: 'refused', violation: undefined }
    return violated(`${String(error)} escaped`)
  }
  if (!decoded.encode) return { outcome: 'accepted', violation: undefined }
  try {
    const written = decoded.encode()
    const again = decoder.decode(written)
    const rewritten = again.encode?.()
    if (!isDeepStrictEqual(again.value, decoded.value)) return violated('its meaning changes when it is encoded')
    if (!rewritten || Buffer.compare(rewritten, written) !== 0) return violated('its meaning has two encodings')
    const isCanonical = Buffer.compare(written, bytes) === 0
    if (!isCanonical && strictCodecs.has(name)) return violated('it is not canonical')
    return { outcome: 'accepted', violation: undefined }
  } catch (error) {
    return violated(`${String(error)} when what it means was encoded and decoded again`)
  }
}
