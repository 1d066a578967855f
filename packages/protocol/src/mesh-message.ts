import { ts2p } from '../generated/mesh.js'
import { addressesOf, addressesPerNodeMax } from './address.ts'
import type { Address } from './address.ts'
import { ProtocolError } from './errors.ts'
import { bytesOf, copyOf, decoding, integerOf, listOf, plainView, required, timeOf } from './fields.ts'

const raw = ts2p.v1

/** Most packets in one message. */
export const packetsMax = 4096
/** Most ids in one offer. */
const idsMax = 4096

/** Which message: unique over all nodes and all their runs. */
export interface MessageId {
  /** SHA-256 of the origin's key, 32 bytes. */
  readonly origin: Uint8Array
  /** A random number that the origin drew when its run began. */
  readonly epoch: number
  /** From 1, within the epoch. */
  readonly sequence: number
}

/** A message that spreads from neighbour to neighbour; flag whisper: a message to the neighbours. */
export interface Flood {
  readonly id: MessageId
  /** The origin's clock, milliseconds since 1970, UTC. */
  readonly time: number
  /** The application's packets; the first is the type. */
  readonly packets: readonly Uint8Array[]
  /** The message of the layer above, or what the flag says. */
  readonly payload: Uint8Array
}

/** A message to one node. */
export interface Direct {
  readonly id: MessageId
  readonly time: number
  /** SHA-256 of the target's key, 32 bytes. */
  readonly target: Uint8Array
  readonly hopsLeft: number
  readonly packets: readonly Uint8Array[]
  /** Set on a receipt: the sequence of the message received. */
  readonly receiptFor: number | undefined
}

/** A node, and where it can be dialled. */
export interface KnownPeer {
  /** SHA-256 of its key, 32 bytes. */
  readonly hash: Uint8Array
  readonly addresses: readonly Address[]
}

/** A message lately received, and how long ago, milliseconds. */
export interface OfferedMessage {
  readonly id: MessageId
  readonly ageMs: number
}

export function encodeFlood(flood: Flood): Uint8Array {
  return plainView(raw.Flood.encode({ ...flood, packets: [...flood.packets] }).finish())
}

/**
 * Reads a Flood; undefined if its id is known already, so that a repeat costs no copy of what it carries.
 * @throws {ProtocolError} The payload is not a Flood.
 */
export function decodeFlood(payload: Uint8Array, isKnown: (id: MessageId) => boolean = () => false): Flood | undefined {
  const flood = decoding('flood', () => raw.Flood.decode(payload))
  const id = messageIdOf(flood.id, 'flood.id')
  if (isKnown(id)) return undefined
  return {
    id,
    time: timeOf(flood.time, 'flood.time'),
    packets: listOf(flood.packets, 'flood.packets', packetsMax).map(copyOf),
    payload: copyOf(flood.payload),
  }
}

export function encodeDirect(direct: Direct): Uint8Array {
  return plainView(
    raw.Direct.encode({ ...direct, packets: [...direct.packets], receiptFor: direct.receiptFor ?? null }).finish(),
  )
}

/** @throws {ProtocolError} The payload is not a Direct. */
export function decodeDirect(payload: Uint8Array): Direct {
  const direct = decoding('direct', () => raw.Direct.decode(payload))
  return {
    id: messageIdOf(direct.id, 'direct.id'),
    time: timeOf(direct.time, 'direct.time'),
    target: bytesOf(direct.target, 'direct.target', 32),
    hopsLeft: integerOf(direct.hopsLeft, 'direct.hops_left'),
    packets: listOf(direct.packets, 'direct.packets', packetsMax).map(copyOf),
    receiptFor: direct.receiptFor ?? undefined,
  }
}

export function encodePeers(peers: readonly KnownPeer[]): Uint8Array {
  return plainView(
    raw.Peers.encode({ peers: peers.map(({ hash, addresses }) => ({ id: hash, addresses: [...addresses] })) }).finish(),
  )
}

/** @throws {ProtocolError} The payload is not a list of peers, or it has more than `peersMax`. */
export function decodePeers(payload: Uint8Array, peersMax: number): KnownPeer[] {
  const { peers } = decoding('peers', () => raw.Peers.decode(payload))
  return listOf(peers, 'peers', peersMax).map(({ id, addresses }) => ({
    hash: bytesOf(id, 'peers.id', 32),
    addresses: addressesOf(addresses, 'peers.addresses', addressesPerNodeMax),
  }))
}

export function encodeOffer(messages: readonly OfferedMessage[]): Uint8Array {
  return plainView(raw.Offer.encode({ messages: [...messages] }).finish())
}

/** @throws {ProtocolError} The payload is not an Offer. */
export function decodeOffer(payload: Uint8Array): OfferedMessage[] {
  const { messages } = decoding('offer', () => raw.Offer.decode(payload))
  return listOf(messages, 'offer', idsMax).map(({ id, ageMs }) => ({
    id: messageIdOf(id, 'offer.id'),
    ageMs: integerOf(ageMs, 'offer.age_ms'),
  }))
}

export function encodeResend(ids: readonly MessageId[]): Uint8Array {
  return plainView(raw.Resend.encode({ ids: [...ids] }).finish())
}

/** @throws {ProtocolError} The payload is not a Resend. */
export function decodeResend(payload: Uint8Array): MessageId[] {
  const { ids } = decoding('resend', () => raw.Resend.decode(payload))
  return listOf(ids, 'resend', idsMax).map((id) => messageIdOf(id, 'resend.id'))
}

interface RawMessageId {
  origin?: Uint8Array | null
  epoch?: number | null
  sequence?: number | null
}

function messageIdOf(id: RawMessageId | null | undefined, what: string): MessageId {
  const { origin, epoch, sequence } = required(id, what)
  if (!sequence) throw new ProtocolError(`${what}: sequence 0`)
  return { origin: bytesOf(origin, `${what}.origin`, 32), epoch: integerOf(epoch, what), sequence }
}
