import { concatBytes } from '@noble/hashes/utils.js'
import { bytesFromText } from '../text.ts'

/** Most records that one signature is for. */
export const batchSizeMax = 1024
/** Bytes of a record's id, and of every hash of a batch's tree. */
export const recordIdBytes = 32

/**
 * The bytes that an owner signs: `ts2p batch v1`, the network id (32 bytes), how many records there are (4 bytes,
 * big-endian) and the root of the Merkle tree of their ids (32 bytes).
 */
export function batchMessage(networkId: Uint8Array, size: number, root: Uint8Array): Uint8Array {
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, size)
  return concatBytes(bytesFromText('ts2p batch v1'), networkId, count, root)
}
