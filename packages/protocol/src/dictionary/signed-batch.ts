import { concatBytes } from '@noble/hashes/utils.js'
import { noHeader, signedMessage } from '../mesh/signed-message.ts'
import { bytesFromText } from '../text.ts'

/** Most records that one signature is for. */
export const batchSizeMax = 1024
/** Bytes of a record's id, and of every hash of a batch's tree. */
export const recordIdBytes = 32

/**
 * What an owner states of the records that it signs (see `signedMessage`): `batch`, how many there are (4 bytes, big-endian) and the root of the
 * Merkle tree of their ids (32 bytes).
 */
export function batchStatement(size: number, root: Uint8Array): Uint8Array {
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, size)
  return concatBytes(bytesFromText('batch'), count, root)
}

/** The bytes that an owner signs for records. @param headerHash that of the broadcast which the signature is for, too; default `noHeader` */
export function batchMessage(
  networkId: Uint8Array,
  size: number,
  root: Uint8Array,
  headerHash: Uint8Array = noHeader,
): Uint8Array {
  return signedMessage({ networkId, headerHash, statement: batchStatement(size, root) })
}
