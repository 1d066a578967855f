import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { flags } from '../framing/flag.ts'
import type { Flag } from '../framing/flag.ts'
import { bytesFromText } from '../text.ts'
import type { Direct } from './direct-message.ts'
import type { Broadcast } from './broadcast-message.ts'

/** SHA-256 (FIPS 180-4) of some bytes: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** SHA-256 in plain JavaScript, the same in Node and browsers. */
export const portableSha256: Sha256 = (bytes) => sha256(bytes)

/** In place of the hash of a header, where a statement is signed without a message. */
export const noHeader: Uint8Array = new Uint8Array(32)

/** What a signature is about. */
export interface Signed {
  /** The hash of the subnet, 32 bytes: what is signed in one network means nothing in another. */
  readonly networkId: Uint8Array
  /** `broadcastHeaderHash`, or that of a message to one node, 32 bytes; `noHeader` if only the statement is signed. */
  readonly headerHash: Uint8Array
  /** What a layer says besides; empty: nothing. */
  readonly statement: Uint8Array
}

/**
 * The bytes that a node signs: `ts2p signed v1`, the network id (32 bytes), the hash of the header (32 bytes) and the statement. One signature
 * is for a message and for what the layer states, and the statement can be verified by those who get it without the message, with the hash.
 */
export function signedMessage({ networkId, headerHash, statement }: Signed): Uint8Array {
  return concatBytes(signedTag, networkId, headerHash, statement)
}

/** A Broadcast without its signature, and where it belongs. */
export interface BroadcastHeader extends Pick<Broadcast, 'id' | 'time' | 'count' | 'content'> {
  readonly flag: Flag
  readonly channel: number
}

/**
 * The hash of the header of broadcasts: SHA-256 of `ts2p broadcast v1`, the flag and the channel (4 bytes each, big-endian, as all numbers),
 * epoch, first sequence and count (4 bytes each), the time (8 bytes, IEEE 754) and the content. The key that verifies the signature stands for
 * the source.
 */
export function broadcastHeaderHash(
  { flag, channel, id, time, count, content }: BroadcastHeader,
  hash: Sha256,
): Uint8Array {
  const message = new Uint8Array(broadcastTag.length + numbersBytes + content.length)
  message.set(broadcastTag)
  const view = new DataView(message.buffer, broadcastTag.length)
  view.setUint32(0, flags[flag])
  view.setUint32(4, channel)
  view.setUint32(8, id.epoch)
  view.setUint32(12, id.sequence)
  view.setUint32(16, count)
  view.setFloat64(20, time)
  message.set(content, broadcastTag.length + numbersBytes)
  return hash(message)
}

/**
 * The hash of the header of a message to one node: SHA-256 of `ts2p direct v1`, the hash of the target's key (32 bytes), the time (8 bytes, IEEE
 * 754, big-endian), SHA-256 of the content and SHA-256 of the acknowledgment.
 */
export function directHeaderHash(
  { target, time, content, contentHash, acknowledgment }: Direct,
  hash: Sha256,
): Uint8Array {
  const clock = new Uint8Array(8)
  // A hash beside a content proves nothing of that.
  const hashOfContent = content.length === 0 && contentHash ? contentHash : hash(content)
  new DataView(clock.buffer).setFloat64(0, time)
  return hash(concatBytes(directTag, target, clock, hashOfContent, hash(acknowledgment)))
}

const signedTag = bytesFromText('ts2p signed v1')
const broadcastTag = bytesFromText('ts2p broadcast v1')
const directTag = bytesFromText('ts2p direct v1')
/** Five numbers of 4 bytes, and one of 8. */
const numbersBytes = 28
